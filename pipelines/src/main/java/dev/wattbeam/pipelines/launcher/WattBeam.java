package dev.wattbeam.pipelines.launcher;

import dev.wattbeam.pipelines.archive.ArchiveReadings;
import dev.wattbeam.pipelines.archive.CompactArchive;
import dev.wattbeam.pipelines.database.MigrateDatabase;
import dev.wattbeam.pipelines.grid.IngestGridSignals;
import dev.wattbeam.pipelines.grid.PublishGridSignals;
import dev.wattbeam.pipelines.monitor.MonitorConsumption;
import dev.wattbeam.pipelines.publish.PublishReadings;
import dev.wattbeam.pipelines.repair.RepairConsumption;
import dev.wattbeam.pipelines.replay.ReplayDeadLetters;
import dev.wattbeam.pipelines.warehouse.LoadMessages;
import dev.wattbeam.pipelines.warehouse.LoadWarehouse;
import dev.wattbeam.pipelines.warehouse.MigrateWarehouse;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What {@code java -jar wattbeam-<runner>.jar} starts: lists the pipelines, and runs one by name.
 */
public final class WattBeam {
  private static final String SLF4J_VERBOSITY = "slf4j.internal.verbosity";
  private static final int OK = 0;
  private static final int USAGE = 2;

  private static final List<Program> PROGRAMS =
      List.of(
          new Program(
              MonitorConsumption.NAME, MonitorConsumption.DESCRIPTION, MonitorConsumption::main),
          new Program(PublishReadings.NAME, PublishReadings.DESCRIPTION, PublishReadings::main),
          new Program(
              IngestGridSignals.NAME, IngestGridSignals.DESCRIPTION, IngestGridSignals::main),
          new Program(
              PublishGridSignals.NAME, PublishGridSignals.DESCRIPTION, PublishGridSignals::main),
          new Program(ArchiveReadings.NAME, ArchiveReadings.DESCRIPTION, ArchiveReadings::main),
          new Program(CompactArchive.NAME, CompactArchive.DESCRIPTION, CompactArchive::main),
          new Program(
              RepairConsumption.NAME, RepairConsumption.DESCRIPTION, RepairConsumption::main),
          new Program(
              ReplayDeadLetters.NAME, ReplayDeadLetters.DESCRIPTION, ReplayDeadLetters::main),
          new Program(LoadWarehouse.NAME, LoadWarehouse.DESCRIPTION, LoadWarehouse::main),
          new Program(LoadMessages.NAME, LoadMessages.DESCRIPTION, LoadMessages::main),
          new Program(MigrateDatabase.NAME, MigrateDatabase.DESCRIPTION, MigrateDatabase::main),
          new Program(MigrateWarehouse.NAME, MigrateWarehouse.DESCRIPTION, MigrateWarehouse::main));

  private record Program(String name, String description, Consumer<String[]> main) {}

  private WattBeam() {}

  /** Runs the pipeline that the first argument names; without one, lists them. */
  public static void main(String[] args) {
    // A jar for a cluster has no logging of its own, and slf4j would begin each help with that.
    if (System.getProperty(SLF4J_VERBOSITY) == null) {
      System.setProperty(SLF4J_VERBOSITY, "ERROR");
    }
    for (Program program : PROGRAMS) {
      if (args.length > 0 && args[0].equals(program.name())) {
        program.main().accept(Arrays.copyOfRange(args, 1, args.length));
        return;
      }
    }
    int code = explain(args, System.out, System.err);
    if (code != OK) {
      System.exit(code);
    }
  }

  /** What to say when no pipeline is named; returns the exit code. */
  static int explain(String[] args, PrintStream out, PrintStream err) {
    CommandLine commands = commands();
    String first = args.length == 0 ? "--help" : args[0];
    if (first.equals("--help") || first.equals("-h")) {
      commands.usage(out);
      return OK;
    }
    if (first.equals("--version") || first.equals("-V")) {
      out.println("WattBeam " + version());
      return OK;
    }
    List<String> near = new UnmatchedArgumentException(commands, List.of(first)).getSuggestions();
    err.printf(
        "wattbeam: there is no pipeline '%s'%s (--help lists them)%n",
        first, near.isEmpty() ? "" : "; did you mean " + near.get(0) + "?");
    return USAGE;
  }

  private static CommandLine commands() {
    CommandLine commands = new CommandLine(CommandSpec.create().name("wattbeam"));
    commands
        .getCommandSpec()
        .usageMessage()
        .customSynopsis("java -jar wattbeam-<runner>.jar PIPELINE [OPTIONS]")
        .description("Trusted consumption out of raw meter readings.")
        .commandListHeading("%nPipelines; PIPELINE --help explains one:%n")
        .footer("", "--version prints the version of WattBeam.");
    for (Program program : PROGRAMS) {
      CommandSpec command = CommandSpec.create();
      command.usageMessage().description(program.description());
      commands.addSubcommand(program.name(), command);
    }
    return commands;
  }

  /** The version of this build. */
  public static String version() {
    try (InputStream in = WattBeam.class.getResourceAsStream("version.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the version", e);
    }
  }
}
