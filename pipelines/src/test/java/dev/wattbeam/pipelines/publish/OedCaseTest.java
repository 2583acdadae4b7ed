package dev.wattbeam.pipelines.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.SharedData;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalTime;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class OedCaseTest {
  @Test
  void casesBecomeReadings() throws IOException {
    Map<String, OedCase> cases =
        OedCase.all(SharedData.file("oed-csv-pipeline")).stream()
            .collect(Collectors.toMap(OedCase::id, Function.identity()));
    assertThat(cases).hasSize(33);

    OedCase plain = cases.get("pipe2");
    assertThat(plain.readings()).hasSize(5);
    assertThat(plain.readings().get(0))
        .isEqualTo(
            Reading.of(
                "pipe2",
                "import",
                ReadingType.INTERVAL,
                Instant.parse("2021-06-06T00:00:00Z").toEpochMilli(),
                120_000_000_000L,
                86_400_000));
    assertThat(plain.expected()).hasSize(5);

    OedCase reset = cases.get("pipe8");
    assertThat(reset.readings()).extracting(Reading::type).containsOnly(ReadingType.REGISTER);
    assertThat(reset.meter().type().resetFrom()).isEqualTo(LocalTime.MIDNIGHT);
    assertThat(reset.meter().type().resetTo()).isEqualTo(LocalTime.of(0, 0, 0, 1_000_000));
    assertThat(cases.get("pipe10").meter().type().resetTo())
        .isEqualTo(LocalTime.of(23, 59, 59, 999_999_000));
    assertThat(cases.get("pipe70").meter().type().resetFrom()).isEqualTo(LocalTime.of(11, 45));

    // OED refuses the whole file for one bad row; here only that row is rejected.
    assertThat(cases.get("pipe26").rejected())
        .extracting(DeadLetter::code)
        .containsExactly(DeadLetterCode.INVALID_TIME);
    assertThat(cases.get("pipe26").readings()).hasSize(4);
    assertThat(cases.get("pipe30").rejected())
        .extracting(DeadLetter::code)
        .containsExactly(DeadLetterCode.INVALID_VALUE);
    assertThat(cases.get("pipe34").rejected())
        .extracting(DeadLetter::code)
        .containsExactly(DeadLetterCode.INVALID_DURATION);

    assertThat(cases.get("pipe40").readings()).hasSize(5);
    assertThat(cases.get("pipe20").readings()).hasSize(5);
    assertThat(cases.get("pipe24").readings()).extracting(Reading::durationMillis).containsOnly(0L);
    assertThat(cases.get("pipe50").readings())
        .extracting(Reading::sequence)
        .containsOnly(Reading.NO_SEQUENCE, 1L);
    assertThat(cases.get("pipe80").meter().channels())
        .containsEntry("import", ReadingType.REGISTER);
    OedCase spring = cases.get("pipe110");
    assertThat(spring.meter().zone().getId()).isEqualTo("America/Chicago");
    assertThat(Instant.ofEpochMilli(spring.readings().get(1).timeMillis()))
        .isEqualTo("2022-03-13T08:00:00Z");
    assertThat(spring.readings().get(1).durationMillis()).isEqualTo(3_600_000);
  }
}
