/**
 * Where the generator of address streams keeps its state: the part of a stream record that is its own, and the records
 * it points to. Read by both compilers, as layout.ts is: plain integer constants, offsets and sizes in bytes.
 *
 * A stream executes one part at a time: what its workload does on one side (user or kernel) in one phase. A part draws
 * its data accesses from components, each a pattern over a region of virtual memory, and has one more for its code.
 */

// ---- Stream record, from STREAM_GENERATOR on ----------------------------------------------------

/** Address of the present part. */
export const STREAM_PART = 128;

// ---- Part record --------------------------------------------------------------------------------

export const PART_BYTES = 64;
/** State of the choice among components: two u64 of xoroshiro128+. */
export const PART_RANDOM = 0;
/** Address of the first component, and how many there are: at least 1. */
export const PART_COMPONENTS = 16;
export const PART_COMPONENT_COUNT = 20;
/** Address of the component of the code, 0: no fetches. */
export const PART_CODE = 24;
/** Instructions since the last fetch, those of one line of code, and those of one data access: u32, in 1/256. */
export const PART_FETCH_DUE = 28;
export const PART_FETCH_INTERVAL = 32;
export const PART_INSTRUCTIONS = 36;
/** log2 of the bytes of a line. */
export const PART_LINE_SHIFT = 40;
/** Address of its queue; the queue's two ends while another part of the stream is the present one. */
export const PART_QUEUE = 44;
export const PART_QUEUE_HEAD = 48;
export const PART_QUEUE_TAIL = 52;

/** Accesses in the queue of a generated stream, a power of two. */
export const PART_QUEUE_ACCESSES = 64;

// ---- Component record ---------------------------------------------------------------------------

export const COMPONENT_BYTES = 80;
/** State of its draws: two u64 of xoroshiro128+. */
export const COMPONENT_RANDOM = 0;
/** Walks: place in the region, bytes from one access to the next (below the extent), and the extent: u64, bytes. */
export const COMPONENT_POSITION = 16;
export const COMPONENT_STEP = 24;
export const COMPONENT_EXTENT = 32;
/** PATTERN_ */
export const COMPONENT_PATTERN = 40;
/** Lines that the pattern covers. */
export const COMPONENT_LINES = 44;
/** Address of the pattern's table: alias records (zipf) or u32 successors (pointer chase). */
export const COMPONENT_TABLE = 48;
/** Pointer chase: the entry of the table that is next. */
export const COMPONENT_CURSOR = 52;
/** Zipf, pointer chase: the region's line that entry 0 of the table stands for. */
export const COMPONENT_ROTATION = 56;
/** Address of the region's page table: one u32 frame per page. */
export const COMPONENT_PAGES = 60;
/** An access is a store if 31 bits drawn are below this: 0 (never, nothing is drawn) to 2^31 (always). */
export const COMPONENT_WRITES = 64;
/**
 * The component is chosen if 32 bits drawn are below this, and not below that of the one before; the last one has
 * none.
 */
export const COMPONENT_CHOICE = 68;
/** ACCESS_KIND of its accesses when they are no stores: the kind, and ACCESS_SERIAL for a pointer chase. */
export const COMPONENT_ACCESS = 72;

/** From place to place with a fixed step: sequential, strided and loop. */
export const PATTERN_WALK = 0;
export const PATTERN_UNIFORM = 1;
export const PATTERN_ZIPF = 2;
export const PATTERN_CHASE = 3;

// ---- Alias record: one per line, all equally likely ---------------------------------------------

export const ALIAS_BYTES = 8;
/** The line itself if 32 bits drawn are below this, else the other one. */
export const ALIAS_THRESHOLD = 0;
export const ALIAS_OTHER = 4;

/** Entry of a page table before the first touch. No frame has this number. */
export const UNTOUCHED_PAGE = 0xffffffff;
