/*
 * A batch job in small: sums the first field of 4096 records of 64 bytes (256 KiB) again and again, and keeps a sum for
 * every 32 of them in a record of its own (8 KiB).
 *
 * No C library: what is recorded is this program and nothing else. x86-64 Linux.
 */
struct record {
    long value;
    long unused[7];
} __attribute__((aligned(64)));

enum { RECORDS = 4096, GROUP = 32, ROUNDS = 6 };

struct record records[RECORDS];
struct record sums[RECORDS / GROUP];

void _start(void) {
    for (int round = 0; round < ROUNDS; round++) {
        long sum = round;
        for (int at = 0; at < RECORDS; at++) {
            sum += records[at].value;
            if (at % GROUP == 0) sums[at / GROUP].value = sum;
        }
    }
    __asm__ volatile("syscall" : : "a"(60), "D"(0));
    __builtin_unreachable();
}
