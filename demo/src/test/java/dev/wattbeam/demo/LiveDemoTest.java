package dev.wattbeam.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as people see it: Flink, real servers, simulated meters with all defects. */
@Tag("slow")
class LiveDemoTest {
  private static final Pattern FATE =
      Pattern.compile(
          "found +([\\d,]+) accepted, ([\\d,]+) rejected, ([\\d,]+) too late.*, ([\\d,]+) duplicates\\R");
  private static final Pattern PUT_IN =
      Pattern.compile("put in +([\\d,]+) dead letters, ([\\d,]+) duplicates, ([\\d,]+) too late");
  private static final Pattern EQUAL =
      Pattern.compile("truth +([\\d,]+) of ([\\d,]+) meter channels");

  @TempDir Path directory;

  @Test
  void everythingIsFoundAndASecondRunContinues() {
    String dataDir = "--data-dir=" + directory.resolve("data");
    String first = runAndCheck(dataDir, "--meters=10", "--duration=5s");
    String second = runAndCheck(dataDir, "--meters=10", "--duration=5s");
    assertThat(sent(second)).isGreaterThan(sent(first));
  }

  @Test
  void withoutDefectsTheTotalsEqualTheTruth() {
    String end = runAndCheck("--ephemeral", "--meters=10", "--defects=off", "--duration=5s");
    Matcher equal = find(EQUAL, end);
    assertThat(equal.group(1)).isEqualTo(equal.group(2));
    assertThat(number(find(FATE, end), 2)).isZero();
  }

  /** Runs the demo and returns what it says at its end. */
  private static String runAndCheck(String... args) {
    DemoRun run = DemoRun.of(args);
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("First row   in PostgreSQL after").contains("psql -h 127.0.0.1");
    String end = run.out().substring(run.out().indexOf("At the end"));
    assertThat(end).contains("none differs without a reason").contains("Pipeline stopped");
    Matcher fate = find(FATE, end);
    Matcher putIn = find(PUT_IN, end);
    assertThat(number(fate, 2)).as("dead letters").isEqualTo(number(putIn, 1));
    assertThat(number(fate, 4)).as("duplicates").isEqualTo(number(putIn, 2));
    assertThat(number(fate, 3)).as("too late").isEqualTo(number(putIn, 3));
    assertThat(number(fate, 1)).as("accepted").isPositive();
    return end;
  }

  private static long sent(String end) {
    return number(find(Pattern.compile("readings +([\\d,]+) sent"), end), 1);
  }

  private static Matcher find(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as("%s in:%n%s", pattern, text).isTrue();
    return matcher;
  }

  private static long number(Matcher matcher, int group) {
    return Long.parseLong(matcher.group(group).replace(",", ""));
  }
}
