package dev.wattbeam.demo.simulator;

/** Splitmix64: one long of state, so that each meter has its own stream. */
final class Rng {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  Rng(long seed, long stream) {
    state = mix(seed) ^ mix(stream * GOLDEN + 1);
  }

  long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** 0 inclusive to 1 exclusive. */
  double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** 0 inclusive to bound exclusive. */
  int nextInt(int bound) {
    return (int) (((nextLong() >>> 33) * bound) >>> 31);
  }

  /** Both ends inclusive. */
  long between(long from, long to) {
    return from + (long) (nextDouble() * (to - from + 1));
  }

  /** A fixed number from 0 to 1 for each argument. */
  static double hash(long value) {
    return (mix(value * GOLDEN) >>> 11) * 0x1.0p-53;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
