package dev.wattbeam.transforms.consumption;

import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.joda.time.Instant;

/**
 * Sets the timers that make a stateful step hand its changes on. Until it has, the watermark behind
 * the step is held at the first element that waits, so that later steps can rely on it.
 */
final class FlushTimers {
  private final Emission emission;
  private final Timer early;
  private final Timer onTime;

  /** Element timestamp at which the watermark is held, milliseconds; absent when nothing waits. */
  private final ValueState<Long> hold;

  /** Event time at which {@link #onTime} fires, milliseconds. */
  private final ValueState<Long> onTimeAt;

  FlushTimers(
      Emission emission,
      Timer early,
      Timer onTime,
      ValueState<Long> hold,
      ValueState<Long> onTimeAt) {
    this.emission = emission;
    this.early = early;
    this.onTime = onTime;
    this.hold = hold;
    this.onTimeAt = onTimeAt;
  }

  /**
   * Something waits to be handed on.
   *
   * @param element timestamp of the element that brought it
   * @param intervalEnd end of the latest interval that it touches, epoch milliseconds
   */
  void waiting(Instant element, long intervalEnd) {
    Long held = hold.read();
    if (emission.early() == null) {
      if (held == null) {
        onTime.set(GlobalWindow.INSTANCE.maxTimestamp());
        hold.write(element.getMillis());
      }
      return;
    }
    if (held == null || element.getMillis() < held) {
      early.withOutputTimestamp(element).offset(emission.early()).setRelative();
      hold.write(element.getMillis());
    }
    long at = Math.max(intervalEnd, element.getMillis());
    Long known = onTimeAt.read();
    if (known == null || at < known) {
      onTime.set(Instant.ofEpochMilli(at));
      onTimeAt.write(at);
    }
  }

  /** Everything was handed on. */
  void done() {
    hold.clear();
    onTimeAt.clear();
    if (emission.early() != null) {
      early.clear();
    }
  }
}
