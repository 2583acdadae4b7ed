package dev.wattbeam.benchmarks.parts;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;

/** What contenders compute. */
public enum Workload {
  /** Count, lowest, highest and sum per meter and minute. */
  DOWNSAMPLING("downsampling"),
  /** Count and sum per meter and hour of day, over windows of seven days that slide by one. */
  HOUR_OF_DAY("hour-of-day"),
  /** Per minute the last reading of each meter, summed over four levels of nodes. */
  HIERARCHY("hierarchy"),
  /** All that MonitorConsumption does. */
  WHOLE_JOB("whole-job");

  private final String code;

  Workload(String code) {
    this.code = code;
  }

  /** Name on the command line and in results. */
  public String code() {
    return code;
  }

  /**
   * The workload with this name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Workload of(String code) {
    for (Workload workload : values()) {
      if (workload.code.equals(code)) {
        return workload;
      }
    }
    throw new IllegalArgumentException(
        "--workload="
            + code
            + " is unknown; take one of "
            + Arrays.stream(values()).map(Workload::code).collect(joining(", ")));
  }
}
