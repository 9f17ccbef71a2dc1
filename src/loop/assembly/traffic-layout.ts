/**
 * Where the channels of memory and the PEs that wait for them lie in the block. Read by both compilers, as layout.ts is:
 * plain integer constants, offsets and sizes in bytes. What happens with it is told in docs/bandwidth.md.
 *
 * Times are i64 ps since the start of the run, unless a comment says otherwise.
 */

/** Later than anything: nothing is due. The lower and the upper half of an i64. */
export const NEVER_LOW = 0xffffffff;
export const NEVER_HIGH = 0x7fffffff;

// ---- Traffic record: the channels of one machine, and its PEs in their order of time ------------

export const TRAFFIC_BYTES = 128;
/** Address of the first channel record, and their number. */
export const TRAFFIC_CHANNELS = 0;
export const TRAFFIC_CHANNEL_COUNT = 4;
/** The first free request record (address, 0: none), and how many are free. */
export const TRAFFIC_FREE_REQUEST = 8;
export const TRAFFIC_FREE_REQUESTS = 16;
/** Address of the heap of PEs that go on in the present span, the earliest first, and how many there are. */
export const TRAFFIC_HEAP = 20;
export const TRAFFIC_HEAP_COUNT = 24;
/** Lines written back that a PE may have under way. */
export const TRAFFIC_WRITE_BUFFER = 28;
/** Memory latency, ps (u32): what a request takes that waits for nobody. */
export const TRAFFIC_LATENCY = 32;
/** Address of the channel that decides next, and when. */
export const TRAFFIC_NEXT_CHANNEL = 36;
export const TRAFFIC_NEXT = 40;
/** Number of the next arrival (u32), modulo 2^32. */
export const TRAFFIC_ARRIVALS = 48;
/** All decisions before this time are made. */
export const TRAFFIC_NOW = 56;
/** End of the span that the heap was made for. */
export const TRAFFIC_SPAN = 64;
/** Address of an outbox for requests that no PE makes (maintenance). */
export const TRAFFIC_OUTBOX = 72;
/** Address of a log of grants (GRANT_), how many fit, and how many there are; 0: none is kept. For open-loop use. */
export const TRAFFIC_GRANTS = 76;
export const TRAFFIC_GRANTS_MAX = 80;
export const TRAFFIC_GRANT_COUNT = 84;
/** 1: nothing queues, and reads wait as the tables of the channels say (closed form). */
export const TRAFFIC_CLOSED_FORM = 88;

export const HEAP_ENTRY_BYTES = 16;
/** When the PE goes on, and the address of its record: among equal times the lower one is first. */
export const HEAP_TIME = 0;
export const HEAP_PE = 8;

// ---- Outbox: the requests that one access makes, in order ---------------------------------------

export const OUTBOX_ENTRY_BYTES = 16;
export const OUTBOX_LINE = 0;
/** Owner, and REQUEST_IS_WRITE. */
export const OUTBOX_OWNER = 4;
/** Address of the route that it takes. */
export const OUTBOX_ROUTE = 8;
/** At most two lines leave each cache per line that comes in: 2 x (1 + 2 + ... + 64) on the longest way of seven caches. */
export const OUTBOX_ENTRIES = 256;

// ---- Route: where the requests of an outermost cache go -----------------------------------------

export const ROUTE_BYTES = 16;
/** Address of the channel at the cache's memory side, 0: none. */
export const ROUTE_SIDE = 0;
/** log2 of the interleave in lines, number of memory channels, and address of a list of their records' addresses (u32). */
export const ROUTE_SHIFT = 4;
export const ROUTE_COUNT = 8;
export const ROUTE_CHANNELS = 12;

// ---- Channel record -----------------------------------------------------------------------------

export const CHANNEL_BYTES = 256;
/** Time of a line in 1/65536 ps (i64), and the fraction of a ps that is due so far (i64, 0 to 65535). */
export const CHANNEL_LINE_TIME = 96;
export const CHANNEL_FRACTION = 104;
/** ps that a change of direction takes (i64), and the direction served last. */
export const CHANNEL_TURNAROUND = 112;
export const CHANNEL_DIRECTION = 56;
/** Its number on the machine. */
export const CHANNEL_INDEX = 68;
/** When the line in service is done. */
export const CHANNEL_FREE = 72;
/** When the next decision is due; later than anything: nothing waits. */
export const CHANNEL_DECISION = 80;
/** Up to when the time of those that wait is booked, and the owner that is served until then. */
export const CHANNEL_SETTLED = 88;
export const CHANNEL_SERVING = 40;
/** Slots in the backlog that were held at the last decision. */
export const CHANNEL_HELD = 36;
/** WINDOW_, and CHANNEL_FLAG_ bits. */
export const CHANNEL_WINDOW = 48;
export const CHANNEL_FLAGS = 44;
/** ps after which a partition is overdue (i64), 0: never. */
export const CHANNEL_STARVATION = 120;
/** Time slots of MBW_PBM: their length in ps (i64), their number, the present one, and when it ends. */
export const CHANNEL_PORTION_TIME = 168;
export const CHANNEL_PORTION_COUNT = 184;
export const CHANNEL_PORTION = 188;
export const CHANNEL_PORTION_ENDS = 176;
/** MBW_PROP: the largest deadline granted so far (i64), the most credit (i64), how many slots have it enabled. */
export const CHANNEL_CLOCK = 152;
export const CHANNEL_OFFSET_LIMIT = 160;
export const CHANNEL_STRIDES = 52;
/** Address of the slots, how many there are; of a list (u32 addresses) of those with requests waiting, and its length. */
export const CHANNEL_SLOTS = 0;
export const CHANNEL_SLOT_COUNT = 192;
export const CHANNEL_BACKLOG = 28;
export const CHANNEL_BACKLOG_COUNT = 32;
/** Address of a list (u32 addresses) of the records of owners that wait, and its length. */
export const CHANNEL_WAITERS = 20;
export const CHANNEL_WAITER_COUNT = 24;
/** Owners without requests that stay in this list for their next ones. */
export const WAITERS_KEPT = 8;
/** Address of the records per owner. */
export const CHANNEL_OWNERS = 8;
/** Moving: the first free record of a remembered grant, 0: none; those that were never used; and their end (addresses). */
export const CHANNEL_FREE_REMEMBERED = 196;
export const CHANNEL_NEW_REMEMBERED = 200;
export const CHANNEL_REMEMBERED_END = 204;
/** ps in service, lines served, and ps that requests were in the channel, from arrival to the end of service: u64 each. */
export const CHANNEL_BUSY = 136;
export const CHANNEL_SERVED = 144;
export const CHANNEL_RESIDENCE = 128;
/** First and last request that is to arrive (addresses), 0: none. */
export const CHANNEL_COMING = 60;
export const CHANNEL_COMING_LAST = 64;

/** A direction is 0 for reads and 1 for writes; this is that of a channel that has served nothing yet. */
export const DIRECTION_NONE = 2;

/** INTPRI decides; else the priority that came from upstream does. */
export const CHANNEL_FLAG_INTPRI = 1;
/** DSPRI is put on requests that go on. */
export const CHANNEL_FLAG_DSPRI = 2;
/** It is the memory side of a cache: requests go on when they are granted. */
export const CHANNEL_FLAG_PASSES_ON = 4;

export const WINDOW_FIXED = 0;
export const WINDOW_MOVING = 1;
export const WINDOW_DECAYING = 2;

/** What a channel knows of an owner. */
export const CHANNEL_OWNER_BYTES = 64;
/** Lines read and written: granted (u64). */
export const CHANNEL_OWNER_READS = 0;
export const CHANNEL_OWNER_WRITES = 8;
/** ps that its requests were throttled, and that they were served, with turnarounds (u64). */
export const CHANNEL_OWNER_THROTTLED = 16;
export const CHANNEL_OWNER_SERVICE = 24;
/** Requests waiting (u32), and its place in the list of those that wait, from 1 on; 0: it is not there. */
export const CHANNEL_OWNER_WAITING = 32;
export const CHANNEL_OWNER_PLACE = 36;
/** Closed form: ps that a read waits, and of these how many for the limit of its own partition (u32). */
export const CHANNEL_OWNER_WAIT = 40;
export const CHANNEL_OWNER_HELD = 44;
/** Addresses: its slot, and what its requests queued behind each owner (u64 ps). */
export const CHANNEL_OWNER_SLOT = 48;
export const CHANNEL_OWNER_DELAYS = 52;

// ---- Bandwidth slot: one partition in one channel -----------------------------------------------

export const BANDWIDTH_SLOTS_MAX = 256;
/** The slot of disabled PARTIDs. */
export const BANDWIDTH_SLOT_DISABLED = 0;
export const BANDWIDTH_SLOT_BYTES = 192;
/** First and last request waiting (addresses), 0: none; and its place in the backlog. */
export const BWSLOT_HEAD = 0;
export const BWSLOT_TAIL = 4;
export const BWSLOT_PLACE = 8;
/** BWSLOT_FLAG_ bits. */
export const BWSLOT_FLAGS = 12;
/** Numerators over 65536: MIN 0 to 65535, MAX 1 to 65536 (i64). */
export const BWSLOT_MINIMUM = 120;
export const BWSLOT_MAXIMUM = 128;
/** The accounting window, ps. */
export const BWSLOT_WINDOW = 88;
/** Used below this: high. Used at or above that: low, or held. In ps; decaying: in 1/65536 ps. */
export const BWSLOT_MINIMUM_USE = 56;
export const BWSLOT_MAXIMUM_USE = 48;
/** Used, in the same unit: what MAX is compared with, and (decaying) what MIN is. */
export const BWSLOT_USED = 32;
export const BWSLOT_USED_MINIMUM = 80;
/** Fixed: when the window ends that `used` is about. Moving: when the oldest grant stops counting. Decaying: the levels' time. */
export const BWSLOT_USED_AT = 40;
/** Moving: first and last remembered grant (addresses), 0: none. */
export const BWSLOT_OLDEST = 136;
export const BWSLOT_NEWEST = 140;
/** Time of the last grant. */
export const BWSLOT_GRANTED = 64;
/** MBW_PROP: STRIDEM1 + 1, or 1; deadlines of the first request and of the last granted one (i64). */
export const BWSLOT_STRIDE = 104;
export const BWSLOT_DEADLINE = 96;
export const BWSLOT_LAST_DEADLINE = 112;
/** ps that the partition was held while it had requests waiting (i64). */
export const BWSLOT_HELD_PS = 72;
/** 1: held at the last decision. */
export const BWSLOT_IS_HELD = 16;
/** Urgency by INTPRI, and what DSPRI puts on requests that go on. */
export const BWSLOT_PRIORITY = 20;
export const BWSLOT_DOWNSTREAM = 28;
/** Address of its portion bits, 0: all are allowed. */
export const BWSLOT_PORTIONS = 24;
/** Bytes of a slot's portion bits: BWPBM_WD is at most 4096. */
export const BANDWIDTH_PORTION_BYTES = 512;

/** HARDLIM. */
export const BWSLOT_FLAG_HARD = 1;
/** Class `none`: disabled, or no portion at all. */
export const BWSLOT_FLAG_NONE = 2;
/** MBW_PROP.EN. */
export const BWSLOT_FLAG_STRIDE = 4;
/** There is a MIN or a MAX: use is tracked. */
export const BWSLOT_FLAG_TRACKED = 8;
export const MAXIMUM_WHOLE = 65536;

// ---- A grant that a moving window remembers -----------------------------------------------------

export const REMEMBERED_BYTES = 16;
/** Next one of the slot, or of the free ones (address). */
export const REMEMBERED_NEXT = 0;
/** ps used (u32). */
export const REMEMBERED_USED = 4;
export const REMEMBERED_TIME = 8;

// ---- Request record -----------------------------------------------------------------------------

export const REQUEST_BYTES = 64;
/** Next one to arrive, of its slot, or of the free ones. */
export const REQUEST_NEXT = 0;
/** Owner (15:0), and REQUEST_IS_WRITE. */
export const REQUEST_OWNER = 4;
export const REQUEST_IS_WRITE = 0x10000;
/** Address of the record of the PE that made it, 0: nobody waits. Its ticket (reads), or the tag of an offered request. */
export const REQUEST_PE = 8;
export const REQUEST_TICKET = 12;
/** Address of the channel of memory that it is for. */
export const REQUEST_MEMORY = 16;
/** Urgency that it came with. */
export const REQUEST_PRIORITY = 20;
/** While it is to arrive, the one that arrives before it; then its owner's record in the present channel (addresses). */
export const REQUEST_BEFORE = 24;
export const REQUEST_OWNER_RECORD = 24;
/** Number of the arrival, modulo 2^32: the age of those that arrived at the same time. */
export const REQUEST_NUMBER = 28;
/** Arrival at the present channel; first arrival. */
export const REQUEST_ARRIVAL = 32;
export const REQUEST_STARTED = 40;
/** BWSLOT_HELD_PS minus this is what it was throttled in this channel; ps throttled in channels before (i64). */
export const REQUEST_HELD_BEFORE = 48;
export const REQUEST_THROTTLED = 56;

// ---- A grant in the log -------------------------------------------------------------------------

export const GRANT_BYTES = 48;
export const GRANT_TAG = 0;
/** Number of the channel. */
export const GRANT_CHANNEL = 4;
/** Arrival at the channel; grant; end of its service there. */
export const GRANT_ARRIVAL = 8;
export const GRANT_TIME = 16;
export const GRANT_COMPLETION = 24;
/** ps throttled in this channel (i64). */
export const GRANT_THROTTLED = 32;

// ---- A PE's traffic record ----------------------------------------------------------------------

export const PE_TRAFFIC_BYTES = 64;
/** Address of the traffic record of the machine. */
export const PET_TRAFFIC = 0;
/** Addresses of its outbox, and of the end of what is in it. */
export const PET_OUTBOX = 4;
export const PET_OUTBOX_END = 8;
/** Address of its tickets: TICKETS records, number n in place n mod TICKETS. */
export const PET_TICKETS = 12;
/** How many tickets were made, and how many have come back in order, modulo 2^32. */
export const PET_MADE = 16;
export const PET_RETIRED = 20;
/** Tickets below this one belong to contexts that have ended. */
export const PET_CONTEXT = 24;
/** Lines written back that wait in channels. */
export const PET_WRITES = 28;
/** WAITING_; whether the present access waits for all that is under way. */
export const PET_STATE = 32;
export const PET_WAITS_FOR_ALL = 36;
/** Waiting for tickets: it needs all below this one; all below that one are known; the one of these that comes last. */
export const PET_NEEDED = 40;
export const PET_KNOWN = 44;
export const PET_LATEST = 48;
/** How many reads it may have under way before it waits, as its stream says. */
export const PET_WINDOW = 52;
/** Since when it waits. */
export const PET_SINCE = 56;

/** It is not waiting; its requests wait for room in the channels; the same, of a context that has ended. */
export const WAITING_NOT = 0;
export const WAITING_TO_ASK = 1;
export const WAITING_TO_ASK_FOR_NOBODY = 2;
/** In a channel, for reads or for room in the write buffer. */
export const WAITING_FOR_READS = 3;
export const WAITING_FOR_WRITES = 4;

// ---- Ticket: a read that a PE has under way -----------------------------------------------------

export const TICKETS = 128;
export const TICKET_BYTES = 32;
/** When the data is there; TICKET_UNKNOWN: not granted yet. */
export const TICKET_DONE = 0;
export const TICKET_UNKNOWN = -1;
/** When it was made; ps throttled and queued (i64); instead of these, while not granted: address of the request. */
export const TICKET_MADE = 8;
export const TICKET_THROTTLED = 16;
export const TICKET_QUEUED = 24;
export const TICKET_REQUEST = 16;
