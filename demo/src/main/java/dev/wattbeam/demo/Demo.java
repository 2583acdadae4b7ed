package dev.wattbeam.demo;

import dev.wattbeam.embedded.EmbeddedServerException;
import dev.wattbeam.embedded.Ports;
import dev.wattbeam.io.files.InvalidFileException;
import dev.wattbeam.io.files.ReadingFile;
import dev.wattbeam.io.files.ReadingFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The demo and the one-shot use, see {@code --help}.
 *
 * <p>Exit codes: 0 done, 1 failed while running, 2 the command line cannot be followed, 130 stopped
 * by Ctrl-C. Every failure is one line on the standard error output.
 */
public final class Demo {
  private Demo() {}

  /** Runs the demo and ends the process. */
  public static void main(String[] args) {
    boolean terminal = System.console() != null && !"dumb".equals(System.getenv("TERM"));
    // System.exit, because exec:java would wait for threads of libraries and print a page on
    // failure.
    System.exit(
        run(
            args,
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            terminal));
  }

  /**
   * Runs the demo.
   *
   * @param terminal whether {@code out} is a terminal, on which a table can be refreshed in place
   * @return the exit code
   */
  static int run(String[] args, PrintWriter out, PrintWriter err, boolean terminal) {
    long start = System.nanoTime();
    DemoArguments arguments = new DemoArguments();
    CommandLine commandLine = new CommandLine(arguments);
    commandLine.getCommandSpec().parser().collectErrors(true);
    ParseResult parsed = commandLine.parseArgs(args);
    if (arguments.help) {
      commandLine.usage(out);
      return ExitCode.OK;
    }
    if (arguments.version) {
      commandLine.printVersionHelp(out);
      return ExitCode.OK;
    }
    List<String> errors = new ArrayList<>();
    parsed.errors().forEach(error -> errors.addAll(describe(error)));
    DemoConfig config = DemoConfig.from(arguments, errors);
    ReadingFormat format = errors.isEmpty() ? checkInput(config, errors) : null;
    checkPorts(config, errors);
    if (!errors.isEmpty()) {
      errors.forEach(error -> err.println("demo: " + error));
      err.println("demo: --help lists the options");
      return ExitCode.USAGE;
    }

    try (Shutdown shutdown = Shutdown.install();
        DataDirectory directory = DataDirectory.open(config)) {
      if (config.once() || config.verbose()) {
        Logging.toTerminal(config.verbose());
      } else {
        Logging.toFile(directory.log());
      }
      Progress progress = new Progress(out);
      int code =
          config.once()
              ? new OneShot(config, format, directory, progress, shutdown, start).run()
              : new LiveDemo(config, format, directory, progress, shutdown, terminal, start).run();
      return shutdown.requested() ? ExitCode.INTERRUPTED : code;
    } catch (RuntimeException | IOException e) {
      // The outermost place of the program: everything that can be said is said here, in one line.
      err.println("demo: " + Failures.oneLine(e));
      if (config.verbose()) {
        e.printStackTrace(err);
      }
      return ExitCode.FAILED;
    }
  }

  private static List<String> describe(Exception error) {
    if (error instanceof UnmatchedArgumentException unmatched) {
      return unmatched.getUnmatched().stream()
          .map(option -> describeUnknown(unmatched.getCommandLine(), option))
          .toList();
    }
    return List.of(error.getMessage() == null ? error.toString() : error.getMessage());
  }

  private static String describeUnknown(CommandLine commandLine, String argument) {
    String name = argument.contains("=") ? argument.substring(0, argument.indexOf('=')) : argument;
    List<String> near =
        new UnmatchedArgumentException(commandLine, List.of(argument)).getSuggestions();
    String hint = near.isEmpty() ? "" : "; did you mean " + near.get(0) + "?";
    return (name.startsWith("-") ? "unknown option '" : "unknown argument '") + name + "'" + hint;
  }

  /** Finds out before any server starts whether the file can be read in its format. */
  private static ReadingFormat checkInput(DemoConfig config, List<String> errors) {
    if (config.input() == null) {
      return null;
    }
    try {
      ReadingFormat format = ReadingFormat.of(config.format());
      if (config.meter() != null) {
        format = format.withMeter(config.meter());
      }
      if (config.zone() != null) {
        format = format.withZone(config.zone());
      }
      try (ReadingFile file = ReadingFile.open(config.input(), format)) {
        if (file.next() == null) {
          errors.add("--input: " + config.input() + " has no rows");
        }
      }
      return format;
    } catch (InvalidFileException e) {
      errors.add("--input: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      errors.add("--format: " + e.getMessage());
    } catch (IOException e) {
      errors.add("--input: " + config.input() + " cannot be read: " + e.getMessage());
    }
    return null;
  }

  private static void checkPorts(DemoConfig config, List<String> errors) {
    if (!errors.isEmpty()) {
      return;
    }
    try {
      Ports.requireFree(config.kafkaPort(), "Kafka", "--kafkaPort");
      Ports.requireFree(config.postgresPort(), "PostgreSQL", "--postgresPort");
    } catch (EmbeddedServerException e) {
      errors.add(e.getMessage());
    }
  }
}
