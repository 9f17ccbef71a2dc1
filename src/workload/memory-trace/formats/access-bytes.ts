/** No instruction touches more bytes at once (as drmemtrace, whose sizes have 16 bits): a larger size is damage. */
export const ACCESS_BYTES_MAX = 0xffff;
