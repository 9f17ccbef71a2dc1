/**
 * Where things lie in the block of memory that the access loop and the TypeScript rooms share.
 *
 * This file is read by both compilers: as AssemblyScript it is folded into the loop, as TypeScript it tells the rooms
 * where to put and find what the loop works on. It holds plain integer constants and nothing else. Offsets and sizes
 * are in bytes unless the name says otherwise; addresses are byte offsets from the start of the block.
 */

// ---- A cache set: one block of 128 bytes for every 16 ways (a group) ----------------------------
//
//   0  tags    16 x u32   line number, or NO_LINE; the whole number, so that an evicted line needs no arithmetic
//  64  owners  16 x u16   owner id (bits 14:0) and dirty (bit 15)
//  96  ranks   16 x u8    what replacement needs: LRU/FIFO/MRU rank (0 = newest), tree bits, or RRPV
// 112  slots   16 x u8    control slot of the owner (meaningless where the way is invalid)
//
// Sets of more than WAYS_MAX_RANKED ways have no room for ranks in a byte: their groups are followed by 16 x u64
// stamps.
// One SIMD compare of four tags at a time finds a line; one SIMD add ages a whole group.

export const GROUP_WAYS = 16;
export const GROUP_BYTES = 128;
export const STAMPED_GROUP_BYTES = 256;
export const TAGS = 0;
export const OWNERS = 64;
export const RANKS = 96;
export const SLOTS = 112;
export const STAMPS = 128;
export const WAYS_MAX_RANKED = 240;

/** Tag of an invalid way. No line has this number. */
export const NO_LINE = 0xffffffff;
export const DIRTY = 0x8000;
export const OWNER_MASK = 0x7fff;

// ---- Cache maintenance: what is done to a line, as bits -------------------------------------------

/** Its data goes to memory if it is dirty. */
export const MAINTAIN_CLEAN = 1;
/** No cache keeps it. */
export const MAINTAIN_INVALIDATE = 2;

// ---- Owners -------------------------------------------------------------------------------------
//
// An owner is one pair of (label, tenant): what hardware sees, and what really happened. A line holds one small number
// that stands for both. The first ids are no owners: they are what the history of a line says instead of an evictor.

/** History: the line was never in this cache (a cold miss). */
export const HISTORY_NEVER = 0;
/** History: no way could be taken for it, so that it was served uncached. */
export const HISTORY_REFUSED = 1;
/** History: it went to an inner cache (exclusive levels), or was invalidated by maintenance. */
export const HISTORY_MOVED = 2;
export const FIRST_OWNER = 3;

// ---- Replacement policies, kinds of access ------------------------------------------------------

export const POLICY_LRU = 0;
export const POLICY_TREE_PLRU = 1;
export const POLICY_FIFO = 2;
export const POLICY_MRU = 3;
export const POLICY_RANDOM = 4;
export const POLICY_SRRIP = 5;

export const KIND_READ = 0;
export const KIND_WRITE = 1;
export const KIND_FETCH = 2;

// ---- Cache record -------------------------------------------------------------------------------

export const CACHE_BYTES = 256;
export const CACHE_SETS = 0;
export const CACHE_WAYS = 4;
/** Groups of 16 ways in a set. */
export const CACHE_GROUPS = 8;
/** Bytes of a group, and of a set. */
export const CACHE_GROUP_BYTES = 12;
export const CACHE_SET_BYTES = 16;
/** Address of set 0. */
export const CACHE_LINES = 20;
/** sets - 1 where the number of sets is a power of two, else 0; then CACHE_MAGIC is floor(2^64 / sets) + 1 (u64). */
export const CACHE_INDEX_MASK = 24;
export const CACHE_MAGIC = 32;
export const CACHE_POLICY = 40;
/** FLAG_ bits. */
export const CACHE_FLAGS = 44;
/** Address of the next outer cache's record; 0: memory. */
export const CACHE_OUTER = 48;
/** Addresses of the first cache inside this one, and of the next one inside the same outer cache; 0: none. */
export const CACHE_FIRST_INNER = 52;
export const CACHE_NEXT_SIBLING = 56;
/** Address of the owner records of this cache. */
export const CACHE_OWNERS = 60;
/** Address of one byte per owner: its control slot. */
export const CACHE_OWNER_SLOTS = 64;
/** Address of the slot records, and how many are in use. */
export const CACHE_SLOTS = 68;
export const CACHE_SLOT_COUNT = 72;
/** Address of the slots' way masks: one byte per way, 0xff where the slot may allocate; groups * 16 bytes per slot. */
export const CACHE_SLOT_WAYS = 76;
/** Address of one byte per slot: its present priority (PRIORITY_). */
export const CACHE_SLOT_PRIORITIES = 80;
/** Address of one u16 per set: the portion it is in; 0 where portions are made of ways. */
export const CACHE_SET_PORTIONS = 84;
/** Address of the slots' portion bits, SLOT_PORTION_BYTES per slot; used where portions are made of sets. */
export const CACHE_SLOT_PORTIONS = 88;
/** Address of the eviction flow matrix, u64 [evictor][victim]; 0: not kept. Rows have 2^CACHE_OWNER_SHIFT columns. */
export const CACHE_FLOWS = 92;
/** Address of the matrix of misses by cause, u64 [requester][history]; 0: not kept. */
export const CACHE_CAUSES = 96;
/** Address of the history: u16 per line of physical memory, who evicted it last; 0: not kept. */
export const CACHE_HISTORY = 100;
export const CACHE_OWNER_SHIFT = 104;
/** Address of groups * 16 bytes: the candidates of the choice under way. */
export const CACHE_CANDIDATES = 108;
/** State of the random policy: two u64 of xoroshiro128+. */
export const CACHE_RANDOM = 112;
/** Stamp of the last touch (u64), for sets with stamps. */
export const CACHE_CLOCK = 128;
/** Ways without a line (u64). */
export const CACHE_INVALID = 136;
/** Slots whose lines are not of PRIORITY_NORMAL: 0 means that the ladder decides nothing. */
export const CACHE_UNUSUAL_SLOTS = 144;
/** Address of memory's records per owner: of what this cache sends there, if it is outermost. */
export const CACHE_MEMORY = 148;
/** Address of the route of its requests to memory's channels; 0: memory has none. */
export const CACHE_ROUTE = 152;
/** Outermost caches: address of a u16 per owner: as whom it goes on (PARTID translation at egress, A 2.7); 0: as it is. */
export const CACHE_EGRESS = 156;

/** Stores make lines dirty, which are written back at eviction. Without it stores are like loads. */
export const FLAG_WRITE_BACK = 1;
/** Stores go on to the next level, and lines stay clean. */
export const FLAG_WRITE_THROUGH = 2;
/** A store that misses does not allocate. */
export const FLAG_NO_WRITE_ALLOCATE = 4;
/** A line that leaves this cache leaves the caches inside it, too. */
export const FLAG_INCLUSIVE = 8;
/** Only lines that left the caches inside are here; a line that is asked for moves inside. */
export const FLAG_EXCLUSIVE = 16;
/** A store that hits makes the line the writer's; else it stays its allocator's. */
export const FLAG_WRITER_OWNS = 32;
/** Memory bills a write-back to whoever forced it; else to the line's owner. */
export const FLAG_EVICTOR_PAYS = 64;
/** Some slot has a limit, a guarantee, or is the disabled one with owners. */
export const FLAG_LIMITS = 128;
/** Lines of the lowest priority go first (ladder), not only invalid ones. */
export const FLAG_LADDER = 256;
/** Sets have stamps instead of ranks. */
export const FLAG_STAMPED = 512;
/**
 * The sets outgrow the host's caches: look at those of the next accesses beforehand, so that they are fetched
 * meanwhile.
 */
export const FLAG_LARGE = 1024;
/**
 * The usual cache, for which the loop has a short way: LRU, 16 ways at most, stores that stay here, lines that stay
 * the allocator's, neither inclusive nor exclusive, nor inside an exclusive one, portions (if any) of ways.
 */
export const FLAG_PLAIN = 2048;

// ---- Owner record of a cache: u64 counters ------------------------------------------------------

export const OWNER_BYTES = 128;
/** Demand accesses by kind, then misses by kind. */
export const OWNER_READS = 0;
export const OWNER_WRITES = 8;
export const OWNER_FETCHES = 16;
export const OWNER_READ_MISSES = 24;
export const OWNER_WRITE_MISSES = 32;
export const OWNER_FETCH_MISSES = 40;
/** Lines allocated; of these, in ways that were invalid. */
export const OWNER_FILLS = 48;
export const OWNER_FILLS_INTO_INVALID = 56;
/** Lines of this owner that fills, anybody's, evicted. */
export const OWNER_EVICTED = 72;
/** Lines of this owner that left without a fill in their place: back-invalidated, moved inside, maintenance. */
export const OWNER_INVALIDATED = 80;
/** Dirty lines of this owner that were sent outward. */
export const OWNER_WRITE_BACKS = 88;
/** Misses for which no way could be taken. */
export const OWNER_REFUSED = 96;
/** Lines that came in from inner caches: write-backs, and lines of exclusive levels. */
export const OWNER_RECEIVED = 104;
/** Lines held now. */
export const OWNER_OCCUPANCY = 112;
/** Lines that became this owner's by a store, minus those that became another's (i64). */
export const OWNER_TRANSFERRED = 120;

// ---- Slot record: the controls of one partition in one cache ------------------------------------

export const SLOTS_MAX = 256;
export const SLOT_BYTES = 32;
/** May not grow at this many lines or more (CMAX). */
export const SLOT_GROWTH_LIMIT = 0;
/** Above this many lines the priority drops. */
export const SLOT_DROP_LIMIT = 4;
/** Below this many lines the priority is raised (CMIN). */
export const SLOT_MINIMUM = 8;
/** May not grow in a set where it has this many ways or more (CASSOC). */
export const SLOT_ASSOCIATIVITY = 12;
/** Lines held now. */
export const SLOT_OCCUPANCY = 16;
/** 1: at its limit it may still take free lines and those of disabled PARTIDs (SOFTLIM). */
export const SLOT_SOFT = 20;
/** No limit. */
export const UNLIMITED = 0x7fffffff;
/** The slot of disabled PARTIDs: it may allocate nowhere. */
export const SLOT_DISABLED = 0;
/** Bytes of a slot's portion bits: CPBM_WD is at most 32768 bits. */
export const SLOT_PORTION_BYTES = 4096;

export const PRIORITY_DISABLED = 1;
export const PRIORITY_ABOVE_MAXIMUM = 2;
export const PRIORITY_NORMAL = 3;
export const PRIORITY_BELOW_MINIMUM = 4;

// ---- Memory record: what the last level sends to memory, per owner (u64) ------------------------

export const MEMORY_OWNER_BYTES = 32;
export const MEMORY_READS = 0;
export const MEMORY_WRITES = 8;
export const MEMORY_FETCHES = 16;
/** Lines written back, billed to this owner. */
export const MEMORY_WRITE_BACKS = 24;

// ---- An access ready to be made: 16 bytes, in queues and in the replay buffer -------------------

export const ACCESS_BYTES = 16;
/** u32 line number. */
export const ACCESS_LINE = 0;
/** Bits 1:0 kind; ACCESS_ flag bits; in the replay buffer also owner (bits 30:16) . */
export const ACCESS_KIND = 4;
/** u32: instructions up to and with this access, in 1/256. */
export const ACCESS_INSTRUCTIONS = 8;
/** u32: the port (PE), in the replay buffer. */
export const ACCESS_PORT = 12;
export const ACCESS_KIND_MASK = 3;
/** This access and the next are the two lines of one that straddles them: one access, one miss at most. */
export const ACCESS_STRADDLES = 4;
/** It waits for the ones before it (pointer chase): memory-level parallelism is 1. */
export const ACCESS_SERIAL = 8;
export const ACCESS_OWNER_SHIFT = 16;

// ---- Stall tables: what a served access costs, in ps, by the step that serves it ----------------

/** Caches on the way to memory, and memory as the last. */
export const STEPS = 8;
export const STEP_MEMORY = 7;

// ---- PE record ----------------------------------------------------------------------------------

export const PE_BYTES = 128;
/** Address of the stream that runs, 0: none. */
export const PE_STREAM = 0;
/** Address of the executor record that is charged; 0: none. */
export const PE_EXECUTOR = 4;
/** ps of the present span that are still to run (i64); below 0 the last access finished that much after its end. */
export const PE_LEFT = 8;
/** Address of its traffic record (traffic-layout.ts); 0: memory has no channels. */
export const PE_TRAFFIC = 16;
/** Stalls of a fetch by the step that serves it, u32 ps: nothing in the first cache, and no parallelism beyond it. */
export const PE_FETCH_STALLS = 32;
/** The two ways out of a PE, data and fetches, found without a branch: PE_WAYS + ((kind & KIND_FETCH) << WAY_SHIFT). */
export const PE_WAYS = 64;
export const WAY_SHIFT = 4;
export const WAY_BYTES = 32;
/** Address of the first cache's record. */
export const WAY_CACHE = 0;
/**
 * Of a plain first cache with a power of two of sets: address of its sets, sets - 1, address of its owner records, and
 * what a store adds to a line's owner. Address 0: the cache is no such one.
 */
export const WAY_LINES = 4;
export const WAY_MASK = 8;
export const WAY_OWNERS = 12;
export const WAY_DIRT = 16;
/** Owner of such accesses in the present context. */
export const WAY_OWNER = 20;
/** Which step of a PE's ways the first cache is: 0, but where the other way has more caches (firstStepOf). */
export const WAY_FIRST_STEP = 24;

// ---- Executor record: what one vCPU (or host task) did, u64 counters ----------------------------

export const EXECUTOR_BYTES = 256;
/** In 1/256. */
export const EXECUTOR_INSTRUCTIONS = 0;
export const EXECUTOR_READS = 8;
export const EXECUTOR_WRITES = 16;
export const EXECUTOR_FETCHES = 24;
/** ps of computing. */
export const EXECUTOR_COMPUTE = 32;
/** ps without anything to do: no request waits, the trace has ended, or there is no work for this Exception level. */
export const EXECUTOR_IDLE = 40;
/** ps waiting, by the step that served: 8 x u64. */
export const EXECUTOR_STALLS = 48;
/** Accesses served, by step: 8 x u64. */
export const EXECUTOR_SERVED = 112;
/** ps of the stalls on memory that were queueing in channels, and throttling by the own limit. */
export const EXECUTOR_QUEUEING = 176;
export const EXECUTOR_THROTTLED = 184;
/** ps of the stalls on memory that were waiting for room in the write buffer, whoever's lines filled it. */
export const EXECUTOR_WRITE_BUFFER = 192;

// ---- Stream record: what is executed ------------------------------------------------------------

export const STREAM_BYTES = 512;
/** Address of the queue of accesses ready to be made, its length - 1 (a power of two minus one), and its two ends. */
export const STREAM_QUEUE = 0;
export const STREAM_QUEUE_MASK = 4;
/** Accesses taken out and put in so far, modulo 2^32: empty when equal. */
export const STREAM_HEAD = 8;
export const STREAM_TAIL = 12;
/** STREAM_KIND_ */
export const STREAM_KIND = 16;
/** ps per 256 instructions, 0 to 2^24. */
export const STREAM_COMPUTE = 20;
/** Address of the service whose requests it serves, 0: none. */
export const STREAM_SERVICE = 24;
/** Accesses left of the request being served (u32), 0: none is. */
export const STREAM_REQUEST_LEFT = 28;
/** When that request arrived, ps (i64). */
export const STREAM_REQUEST_ARRIVED = 32;
/** Recorded streams: 1 when no more will come. */
export const STREAM_ENDED = 40;
/** Requests to memory that it may have under way, where memory has channels. */
export const STREAM_WINDOW = 44;
/** 1: the last access of the service's request is made; the request ends as soon as that is done waiting for memory. */
export const STREAM_REQUEST_ENDS = 48;
/** Stall by step, u32 ps: shared out over the parallel accesses, then (serial) not. */
export const STREAM_STALLS = 64;
export const STREAM_SERIAL_STALLS = 96;
/** From here on the generator's own (generate.ts). */
export const STREAM_GENERATOR = 128;

/** The loop makes the accesses itself. */
export const STREAM_KIND_GENERATED = 0;
/** The accesses are put into the queue from outside. */
export const STREAM_KIND_RECORDED = 1;

// ---- Service record: an open-loop queue of requests ---------------------------------------------

export const SERVICE_BYTES = 64;
/** Address of the arrival times (f64 ns), length - 1, ends as in a stream's queue. */
export const SERVICE_ARRIVALS = 0;
export const SERVICE_ARRIVALS_MASK = 4;
export const SERVICE_HEAD = 8;
export const SERVICE_TAIL = 12;
/** Accesses of one request. */
export const SERVICE_WORK = 16;
/** 1 when no more arrivals will come. */
export const SERVICE_ENDED = 20;
/** Address of the latencies of served requests (f64 ns), length - 1, and how many there are since the last look. */
export const SERVICE_LATENCIES = 24;
export const SERVICE_LATENCIES_MASK = 28;
export const SERVICE_SERVED = 32;

// ---- Machine record: what all streams of one machine share --------------------------------------

export const MACHINE_BYTES = 64;
/** Frames of physical memory handed out so far, and how many there are. */
export const MACHINE_NEXT_FRAME = 0;
export const MACHINE_FRAMES = 4;
/** log2 of the lines of a page. */
export const MACHINE_PAGE_SHIFT = 8;
/** Frame of the n-th page touched: (n * MACHINE_FRAME_FACTOR + MACHINE_FRAME_OFFSET) mod MACHINE_FRAMES. */
export const MACHINE_FRAME_FACTOR = 12;
export const MACHINE_FRAME_OFFSET = 16;

/** Address of the traffic record (traffic-layout.ts); 0: memory has no channels. */
export const MACHINE_TRAFFIC = 24;

// ---- What `advance` returns ---------------------------------------------------------------------

export const ADVANCED = 0;
/** A recorded stream needs accesses in its queue (or STREAM_ENDED). */
export const NEEDS_ACCESSES = 1;
/** A service needs arrivals in its ring (or SERVICE_ENDED). */
export const NEEDS_ARRIVALS = 2;
/** A service's ring of latencies is full. */
export const NEEDS_DRAIN = 3;
