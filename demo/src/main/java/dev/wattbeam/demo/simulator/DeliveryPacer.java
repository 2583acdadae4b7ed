package dev.wattbeam.demo.simulator;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Instant;

/** Makes deliveries wait for their time. Not thread-safe. */
public final class DeliveryPacer {
  private final double factor;
  private final long simulatedMillis;
  private final long realMillis;
  private final Clock clock;

  private DeliveryPacer(double factor, long simulatedMillis, long realMillis, Clock clock) {
    this.factor = factor;
    this.simulatedMillis = simulatedMillis;
    this.realMillis = realMillis;
    this.clock = clock;
  }

  /** Nothing waits. */
  public static DeliveryPacer asFastAsPossible() {
    return new DeliveryPacer(0, 0, 0, Clock.systemUTC());
  }

  /**
   * Simulated time runs faster than real time, from now on. What is to be delivered before {@code
   * from} does not wait.
   *
   * @param factor simulated over real time, above 0
   * @param from the simulated time that is now
   */
  public static DeliveryPacer speedUp(double factor, Instant from, Clock clock) {
    requireNonNull(clock, "clock");
    if (!(factor > 0 && factor <= 1e9)) {
      throw new IllegalArgumentException(
          "speed-up is " + factor + "; expected above 0 and at most 1000000000");
    }
    return new DeliveryPacer(factor, from.toEpochMilli(), clock.millis(), clock);
  }

  /** Simulated time is real time: the past does not wait, the future does. */
  public static DeliveryPacer live(Clock clock) {
    return speedUp(1, clock.instant(), clock);
  }

  /**
   * Real milliseconds until the delivery is due; 0 or less when it is.
   *
   * @param deliveryTimeMillis simulated epoch milliseconds
   */
  public long millisUntil(long deliveryTimeMillis) {
    if (factor == 0) {
      return 0;
    }
    double due = realMillis + (deliveryTimeMillis - simulatedMillis) / factor;
    return (long) Math.ceil(due - clock.millis());
  }

  /** Sleeps until the delivery is due. */
  public void await(Delivery delivery) throws InterruptedException {
    long wait = millisUntil(delivery.deliveryTimeMillis());
    if (wait > 0) {
      Thread.sleep(wait);
    }
  }
}
