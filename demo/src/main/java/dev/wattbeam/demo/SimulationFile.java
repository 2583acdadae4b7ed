package dev.wattbeam.demo;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Properties;

/**
 * Which simulation the data of a directory came from, so that a later run can continue it.
 *
 * @param start of the simulated period
 */
record SimulationFile(Instant start) {
  /**
   * Reads the file of a former run, or writes one.
   *
   * @param newStart start of a simulation that begins now
   * @throws DemoException when the former run had another fleet
   */
  static SimulationFile openOrMake(DemoConfig config, Path file, Instant newStart)
      throws IOException {
    if (!Files.exists(file)) {
      Properties made = describe(config);
      made.setProperty("start", newStart.toString());
      try (Writer out = Files.newBufferedWriter(file)) {
        made.store(out, "The simulation that the data of this directory came from");
      }
      return new SimulationFile(newStart);
    }
    Properties found = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      found.load(in);
    }
    Properties wanted = describe(config);
    for (String name : wanted.stringPropertyNames()) {
      if (!wanted.getProperty(name).equals(found.getProperty(name))) {
        throw new DemoException(
            String.format(
                "The data directory %s holds a simulation with --meters=%s --seed=%s --defects=%s;"
                    + " give the same options to continue it, or choose another directory with"
                    + " --data-dir or --ephemeral",
                config.dataDir(),
                found.getProperty("meters"),
                found.getProperty("seed"),
                found.getProperty("defects")));
      }
    }
    try {
      return new SimulationFile(Instant.parse(found.getProperty("start", "")));
    } catch (DateTimeParseException e) {
      throw new DemoException(
          "The file " + file + " is damaged; move the data directory away to start anew", e);
    }
  }

  private static Properties describe(DemoConfig config) {
    Properties properties = new Properties();
    properties.setProperty("meters", String.valueOf(config.meters()));
    properties.setProperty("seed", String.valueOf(config.seed()));
    properties.setProperty("defects", String.valueOf(config.defects()));
    return properties;
  }
}
