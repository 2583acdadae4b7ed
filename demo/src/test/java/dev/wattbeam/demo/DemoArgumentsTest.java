package dev.wattbeam.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes on the command line are found before any server starts, each with one clear line. */
class DemoArgumentsTest {
  private static final String UCI_HEADER =
      "Date;Time;Global_active_power;Global_reactive_power;Voltage;Global_intensity;"
          + "Sub_metering_1;Sub_metering_2;Sub_metering_3\n";

  @TempDir Path directory;

  @Test
  void namesTheNearestOptionOfEachUnknownOne() {
    DemoRun run = DemoRun.of("--metres=3", "--seeed=4");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err().lines())
        .containsExactly(
            "demo: unknown option '--metres'; did you mean --meters?",
            "demo: unknown option '--seeed'; did you mean --seed?",
            "demo: --help lists the options");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --meters=0              | --meters=0: allowed is 1 to 100000
          --meters=many           | Invalid value for option '--meters': 'many' is not an int
          --defects=some          | --defects=some: allowed is on, off, or a number from 0 to 10
          --speedUp=0             | --speedUp=0.0: allowed is above 0, at most 1000000
          --duration=soon         | 'soon' is not a time above zero such as 90s, 5m, 1h or PT5M
          --parallelism=3         | --parallelism=3: allowed is 1, 2 or 4
          --runner=storm          | --runner=storm: allowed is direct, flink or spark
          --runner=spark          | --runner=spark is not on the class path; start Maven with -Pspark
          --kafkaPort=70000       | --kafkaPort=70000: allowed is 0 (any free port) to 65535
          --once                  | --once needs --input
          --export=somewhere      | --export needs --once
          --format=uci-household  | --format needs --input
          readings.csv            | unknown argument 'readings.csv'
          """)
  void refusesWhatItCannotFollow(String argument, String message) {
    DemoRun run = DemoRun.of(argument);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("demo: ").contains(message).doesNotContain("Exception");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void tellsAllMistakesAtOnce() {
    DemoRun run = DemoRun.of("--meters=0", "--parallelism=3", "--input=nowhere", "--frob");
    assertThat(run.err())
        .contains("unknown option '--frob'")
        .contains("--meters=0")
        .contains("--meters is for simulated meters")
        .contains("--parallelism=3")
        .contains("--input needs --format")
        .contains("there is no file nowhere");
  }

  @Test
  void looksIntoTheFileFirst() throws IOException {
    Path empty = Files.createFile(directory.resolve("empty.csv"));
    assertThat(once(empty, "uci-household")).contains("empty.csv is empty");

    Path headerOnly = Files.writeString(directory.resolve("header.csv"), UCI_HEADER);
    assertThat(once(headerOnly, "uci-household")).contains("header.csv has no rows");

    Path other =
        Files.writeString(
            directory.resolve("other.csv"), UCI_HEADER.replace("Global_active_power", "Watts"));
    assertThat(once(other, "uci-household"))
        .contains("no column \"Global_active_power\"")
        .contains("\"Watts\"");

    assertThat(once(headerOnly, "ucii"))
        .contains("\"ucii\" is neither a known name")
        .contains("uci-household");
    assertThat(once(directory, "uci-household")).contains("is a directory");
  }

  private static String once(Path file, String format) {
    DemoRun run = DemoRun.of("--input=" + file, "--format=" + format, "--once", "--ephemeral");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    return run.err();
  }

  @Test
  void refusesAnExportThatCannotBeWritten() throws IOException {
    Path file = Files.writeString(directory.resolve("data.csv"), UCI_HEADER);
    DemoRun run =
        DemoRun.of(
            "--input=" + file,
            "--format=uci-household",
            "--once",
            "--ephemeral",
            "--export=" + file);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("--export: " + file + " is a file; name a directory");
  }

  @Test
  void namesATakenPort() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      DemoRun run = DemoRun.of("--ephemeral", "--kafkaPort=" + taken.getLocalPort());
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("port " + taken.getLocalPort()).contains("--kafkaPort");
    }
  }

  @Test
  void aSecondDemoOnTheSameDataIsToldSo() {
    DemoConfig config = DemoConfig.from(arguments(directory), List.of());
    try (DataDirectory held = DataDirectory.open(config)) {
      DemoRun run = DemoRun.of("--data-dir=" + held.path());
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err().lines())
          .singleElement()
          .asString()
          .startsWith("demo: Another demo (process " + ProcessHandle.current().pid() + ") uses")
          .contains("--data-dir");
    }
  }

  @Test
  void continuesOnlyTheSameSimulation() throws IOException {
    Path file = directory.resolve("simulation.properties");
    DemoArguments arguments = arguments(directory);
    DemoConfig twenty = DemoConfig.from(arguments, List.of());
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    assertThat(SimulationFile.openOrMake(twenty, file, start).start()).isEqualTo(start);
    assertThat(SimulationFile.openOrMake(twenty, file, start.plusSeconds(9)).start())
        .isEqualTo(start);
    arguments.meters = 7;
    DemoConfig seven = DemoConfig.from(arguments, List.of());
    assertThatThrownBy(() -> SimulationFile.openOrMake(seven, file, start))
        .hasMessageContaining("--meters=20 --seed=1 --defects=1.0");
  }

  private static DemoArguments arguments(Path directory) {
    DemoArguments arguments = new DemoArguments();
    arguments.dataDir = directory;
    return arguments;
  }

  @Test
  void helpAndVersionNeedNothing() {
    assertThat(DemoRun.of("--help").out()).contains("--speedUp").contains("--ephemeral");
    assertThat(DemoRun.of("--version").out()).startsWith("WattBeam");
  }
}
