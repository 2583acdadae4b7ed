package dev.wattbeam.benchmarks.parts;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/**
 * Arguments of a contender.
 *
 * @param postgresPassword from the environment variable {@code PGPASSWORD}; may be null
 */
public record ContenderOptions(
    Workload workload,
    String topic,
    String bootstrapServers,
    String postgresUrl,
    String postgresUser,
    String postgresPassword,
    int parallelism)
    implements Serializable {
  /**
   * Reads the command line: {@code --workload=W --topic=T --bootstrapServers=H:P --postgresUrl=U
   * --postgresUser=U --parallelism=N}.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  public static ContenderOptions parse(String... args) {
    Map<String, String> values = new HashMap<>();
    for (String arg : args) {
      int sign = arg.indexOf('=');
      if (!arg.startsWith("--") || sign < 0) {
        throw new IllegalArgumentException("\"" + arg + "\" is not of the form --name=value");
      }
      values.put(arg.substring(2, sign), arg.substring(sign + 1));
    }
    ContenderOptions options =
        new ContenderOptions(
            Workload.of(take(values, "workload")),
            take(values, "topic"),
            take(values, "bootstrapServers"),
            take(values, "postgresUrl"),
            take(values, "postgresUser"),
            System.getenv("PGPASSWORD"),
            Integer.parseInt(take(values, "parallelism")));
    if (!values.isEmpty()) {
      throw new IllegalArgumentException("Unknown arguments: " + values.keySet());
    }
    return options;
  }

  private static String take(Map<String, String> values, String name) {
    String value = values.remove(name);
    if (value == null) {
      throw new IllegalArgumentException("--" + name + " is missing");
    }
    return value;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "ContenderOptions[" + workload.code() + " from " + topic + " x" + parallelism + "]";
  }
}
