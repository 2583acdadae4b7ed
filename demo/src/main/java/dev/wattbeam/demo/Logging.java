package dev.wattbeam.demo;

import java.nio.file.Path;

/**
 * Sets up slf4j-simple. It reads its settings once, when the first logger is made, so nothing that
 * logs may be touched before.
 */
final class Logging {
  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private Logging() {}

  /** To the terminal: with {@code verbose} at level info, else only warnings of our own. */
  static void toTerminal(boolean verbose) {
    common();
    System.setProperty(PREFIX + "logFile", "System.err");
    System.setProperty(PREFIX + "defaultLogLevel", verbose ? "info" : "error");
    System.setProperty(PREFIX + "log.dev.wattbeam", verbose ? "info" : "warn");
  }

  /** To a file, so that the terminal stays with what the demo says. */
  static void toFile(Path file) {
    common();
    System.setProperty(PREFIX + "logFile", file.toString());
    System.setProperty(PREFIX + "defaultLogLevel", "warn");
    System.setProperty(PREFIX + "log.dev.wattbeam", "info");
  }

  private static void common() {
    System.setProperty(PREFIX + "showDateTime", "true");
    System.setProperty(PREFIX + "dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    System.setProperty(PREFIX + "showShortLogName", "true");
    // What they say at each start and stop alarms people for nothing.
    for (String noisy :
        new String[] {
          "org.apache.kafka.controller",
          "kafka.server.ControllerApis",
          "org.apache.kafka.clients.NetworkClient",
          "org.apache.kafka.common.utils.AppInfoParser",
          "org.apache.beam.sdk.options.PipelineOptionsFactory",
          "org.apache.flink.runtime.webmonitor"
        }) {
      System.setProperty(PREFIX + "log." + noisy, "off");
    }
  }
}
