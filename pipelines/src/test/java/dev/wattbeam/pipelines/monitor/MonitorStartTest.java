package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.io.kafka.KafkaUnavailableException;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.oracle.History;
import dev.wattbeam.pipelines.ConfigurationException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a wrong command line or a missing server gives: one clear line each, before the start. */
class MonitorStartTest {
  private static TestTopic topic;
  private static TestDatabase database;

  @TempDir static Path folder;

  @BeforeAll
  static void servers() {
    topic = TestTopic.create(1);
    database = TestDatabase.with(Neighbourhoods.directory());
  }

  private static List<String> check(String... arguments) {
    return MonitorConsumption.check(
        PipelineOptionsFactory.fromArgs(arguments).withValidation().as(MonitorOptions.class));
  }

  /** The usual arguments, of which some are given anew. */
  private static String[] with(String... changed) {
    List<String> arguments = new ArrayList<>();
    for (String argument : Job.arguments(topic, database)) {
      String name = argument.substring(0, argument.indexOf('=') + 1);
      if (Arrays.stream(changed).noneMatch(change -> change.startsWith(name))) {
        arguments.add(argument);
      }
    }
    arguments.addAll(Arrays.asList(changed));
    return arguments.toArray(String[]::new);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void nothingIsWrong() {
    assertThat(check(with())).isEmpty();
  }

  @Test
  void allMissingOptionsAreNamedAtOnce() {
    assertThatThrownBy(() -> check())
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e -> {
              assertThat(e.errors()).hasSize(3);
              assertThat(e.errors().get(0)).startsWith("--kafkaBootstrapServers is missing");
              assertThat(e.errors().get(1)).startsWith("--postgresUrl is missing");
              assertThat(e.errors().get(2)).startsWith("--postgresUser is missing");
            });
  }

  @Test
  void allWrongValuesAreNamedAtOnce() {
    assertThatThrownBy(
            () ->
                check(
                    with(
                        "--kafkaTopic=a b",
                        "--kafkaReader=magic",
                        "--postgresUrl=mysql://x",
                        "--allowedLateness=tomorrow",
                        "--futureTolerance=P999999999999D",
                        "--earlyEvery=PT0S",
                        "--oldestTime=+999999999-01-01T00:00:00Z",
                        "--meterBuckets=0")))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(e.errors())
                    .hasSize(8)
                    .allSatisfy(error -> assertThat(error).startsWith("--").hasLineCount(1)));
  }

  @Test
  void aTopicThatDoesNotExist() {
    assertThatThrownBy(() -> check(with("--kafkaTopic=" + topic.name() + "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no topic '" + topic.name() + "x'")
        .hasMessageContaining(topic.name())
        .message()
        .hasLineCount(1);
  }

  @Test
  void noBroker() throws IOException {
    String nobody = "127.0.0.1:" + freePort();
    assertThatThrownBy(() -> check(with("--kafkaBootstrapServers=" + nobody)))
        .isInstanceOf(KafkaUnavailableException.class)
        .hasMessageContaining("Kafka cannot be reached at " + nobody)
        .message()
        .hasLineCount(1);
  }

  @Test
  void noDatabaseServer() throws IOException {
    int port = freePort();
    assertOneProblem(
        check(with("--postgresUrl=jdbc:postgresql://127.0.0.1:" + port + "/wattbeam")),
        "PostgreSQL at 127.0.0.1:" + port + "/wattbeam does not answer");
  }

  @Test
  void aDatabaseThatDoesNotExist() {
    String url = database.url().replaceAll("/[^/]*$", "/elsewhere");
    assertOneProblem(check(with("--postgresUrl=" + url)), "there is no database elsewhere");
  }

  @Test
  void aDatabaseThatIsNotMigrated() {
    assertOneProblem(
        check(with("--postgresUrl=" + TestDatabase.empty().url())), "has no WattBeam schema");
  }

  @Test
  void aWrongPassword() throws IOException {
    Path file = Files.writeString(folder.resolve("wrong"), "guess");
    assertOneProblem(
        check(with("--postgresPasswordFile=" + file)), "refuses the password of user pipeline");
  }

  private static void assertOneProblem(List<String> problems, String text) {
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0)).contains(text).hasLineCount(1);
  }

  /** What a process said, standard output and error together. */
  private record Said(int code, List<String> lines) {}

  /** Runs the command in a JVM of its own, since it ends with System.exit. */
  private static Said command(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel="
                    + System.getProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MonitorConsumption.class.getName()));
    command.addAll(Arrays.asList(arguments));
    Path output = Files.createTempFile(folder, "command", ".out");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return new Said(process.waitFor(), Files.readAllLines(output, StandardCharsets.UTF_8));
  }

  @Test
  void anUnknownOptionEndsTheCommandWithOneLine() throws Exception {
    Said said = command(with("--kafkaTopics=readings"));
    assertThat(said.lines()).hasSize(1);
    assertThat(said.lines().get(0)).startsWith("monitor-consumption: ").contains("kafkaTopics");
    assertThat(said.code()).isEqualTo(2);
  }

  @Test
  void missingOptionsAndValuesEndTheCommandWithALineEach() throws Exception {
    Said said = command("--kafkaBootstrapServers=localhost", "--postgresUser=me");
    assertThat(said.lines()).hasSize(2);
    assertThat(said.lines().get(0))
        .startsWith("monitor-consumption: --kafkaBootstrapServers has 'localhost'");
    assertThat(said.lines().get(1)).startsWith("monitor-consumption: --postgresUrl is missing");
    assertThat(said.code()).isEqualTo(2);
  }

  @Test
  void aRunOverATopicEndsWithZero() throws Exception {
    Reading reading = History.reading("p1", "import", ReadingType.POWER, Neighbourhoods.START, "1");
    topic.send(List.of(Message.of(0, reading)));
    Said said = command(with("--kafkaBounded=true"));
    assertThat(said.lines()).isEmpty();
    assertThat(said.code()).isZero();
    assertThat(database.count("SELECT count(*) FROM wattbeam.latest_values")).isEqualTo(1);
  }
}
