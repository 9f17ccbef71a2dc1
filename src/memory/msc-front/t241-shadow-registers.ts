/**
 * Erratum T241-MPAM-1 of NVIDIA Grace: what is written to MBW_MIN and MBW_MAX is broadcast to shadow registers of 12 slices, and
 * does not take effect before two spare registers are written after all shadows have it.
 *
 * Source: K section 4 (Linux "arm_mpam: Add workaround for T241-MPAM-1"). On the chip shadows and spares are in a region of their
 * own; here they are at the same offsets of the page, far beyond its registers.
 *
 * Where nothing is published: a shadow holds MBW_MAX in its lower half and MBW_MIN in its upper one. Slice 0 has the new values
 * at once; each other slice shows the old ones for a number of reads that is drawn when software writes, at most 3. Settings
 * take effect, and MBW_MIN and MBW_MAX read as written, when both spares were written (in any order) after every shadow was read
 * with the new values; otherwise they never do. Spares of a page act on settings of its PARTID space.
 *
 * What is written and has not taken effect changes no register that is there to be read: it is no register change, and history
 * knows nothing of it before it takes effect, if it ever does.
 */
import type { RegisterHalves } from '../../arch/msc/pack-fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import { type RandomStream, randomStream } from '../../loop/random-stream.ts';
import type { MscConfig } from '../msc-config.ts';
import { type SettingPlace, settingAt } from '../settings/setting-place.ts';
import type { Settings, WriteInterceptor } from './control-registers.ts';

const SLICES = 12;
const ALL_SLICES = 2 ** SLICES - 1;
const SHADOW_BASE = 0x360048;
const SLICE_BYTES = 0x10000;
const PARTID_BYTES = 8;
const SPARES = [0x1b0000, 0x1c0000];
const BOTH_SPARES = 3;
const STALE_READS_MAX = 3;

/** Settings of a PARTID that were written and have not taken effect. */
interface Staged {
  readonly space: number;
  readonly partid: number;
  /** Values written, by register and RIS. */
  readonly values: Map<string, { readonly register: MscRegister; readonly ris: number; readonly value: number }>;
  /** Reads for which each slice still shows the old values. */
  staleReads: number[];
  /** Bit s: slice s was read with the new values. */
  seen: number;
  /** Bit i: spare register i was written after that. */
  spares: number;
}

export class T241ShadowRegisters implements WriteInterceptor {
  readonly #settings: Settings;
  readonly #partidMax: number;
  readonly #delays: RandomStream;
  readonly #staged = new Map<string, Staged>();

  /** Reads that show old values are drawn from a stream of the MSC's own, by the machine's seed and the MSC's name. */
  constructor({ name, features }: MscConfig, settings: Settings) {
    this.#settings = settings;
    this.#partidMax = features.intpartidMax ?? features.partidMax;
    this.#delays = randomStream(settings.seed, 'T241-MPAM-1', name);
  }

  stage(place: SettingPlace, value: number): boolean {
    const { register, space, partid, ris } = place;
    if (register !== MscRegister.MPAMCFG_MBW_MIN && register !== MscRegister.MPAMCFG_MBW_MAX) return false;
    const staged = this.#stagedOf(space, partid);
    const shown = (value & this.#settings.implementedBits(place)) >>> 0;
    staged.values.set(`${register} ${ris}`, { register, ris, value: shown });
    staged.staleReads = Array.from({ length: SLICES }, (_, slice) =>
      slice === 0 ? 0 : this.#delays.below(STALE_READS_MAX + 1),
    );
    staged.seen = 0;
    staged.spares = 0;
    return true;
  }

  /** Read a shadow register, or 0 where there is none. @param offset a multiple of 8. */
  read(space: number, offset: number): RegisterHalves {
    const slice = Math.floor((offset - SHADOW_BASE) / SLICE_BYTES);
    const partid = ((offset - SHADOW_BASE) % SLICE_BYTES) / PARTID_BYTES;
    if (offset < SHADOW_BASE || slice >= SLICES || partid > this.#partidMax) return { lo: 0, hi: 0 };
    const staged = this.#staged.get(keyOf(space, partid));
    const isNew = staged !== undefined && this.#shows(staged, slice);
    return {
      lo: this.#value(MscRegister.MPAMCFG_MBW_MAX, space, partid, isNew ? staged : undefined),
      hi: this.#value(MscRegister.MPAMCFG_MBW_MIN, space, partid, isNew ? staged : undefined),
    };
  }

  /** Write a spare register, whatever the value. Other locations are RAZ/WI. */
  write(space: number, offset: number): void {
    const spare = SPARES.indexOf(offset);
    if (spare < 0) return;
    for (const [key, staged] of this.#staged) {
      if (staged.space !== space || staged.seen !== ALL_SLICES) continue;
      staged.spares |= 1 << spare;
      if (staged.spares === BOTH_SPARES) this.#commit(key, staged);
    }
  }

  #stagedOf(space: number, partid: number): Staged {
    const key = keyOf(space, partid);
    const staged = this.#staged.get(key) ?? { space, partid, values: new Map(), staleReads: [], seen: 0, spares: 0 };
    this.#staged.set(key, staged);
    return staged;
  }

  /** True if the slice has the new values; a read that still shows the old ones brings that nearer. */
  #shows(staged: Staged, slice: number): boolean {
    if (staged.staleReads[slice]! > 0) {
      staged.staleReads[slice]!--;
      return false;
    }
    staged.seen |= 1 << slice;
    return true;
  }

  #value(register: MscRegister, space: number, partid: number, staged: Staged | undefined): number {
    return staged?.values.get(`${register} 0`)?.value ?? this.#settings.read(settingAt(register, space, partid));
  }

  #commit(key: string, { space, partid, values }: Staged): void {
    this.#staged.delete(key);
    for (const { register, ris, value } of values.values()) {
      this.#settings.write(settingAt(register, space, partid, 0, ris), value);
    }
  }
}

function keyOf(space: number, partid: number): string {
  return `${space} ${partid}`;
}
