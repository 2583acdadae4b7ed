package dev.wattbeam.demo.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.demo.simulator.SimulatorConfig.Mix;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class SimulatorConfigTest {
  private static final Instant START = Instant.parse("2024-03-01T00:00:00Z");

  @Test
  void usualFleet() {
    SimulatorConfig config = SimulatorConfig.of(20, 1, START);
    assertThat(config.households()).isEqualTo(18);
    assertThat(config.shops()).isEqualTo(2);
    assertThat(config.zone()).isEqualTo(ZoneId.of("Europe/Paris"));
    assertThat(config.allowedLateness()).isEqualTo(Duration.ofDays(1));
    assertThat(config.defects()).isEqualTo(DefectShares.DEFAULT);
  }

  @Test
  void everyMistakeIsNamedAtOnce() {
    assertThatThrownBy(
            () ->
                new SimulatorConfig(
                    1,
                    0,
                    0,
                    ZoneId.of("UTC"),
                    START.plusSeconds(1),
                    START,
                    new Mix(0, 0, 0, 0, 7),
                    2,
                    Duration.ofHours(1),
                    Duration.ofHours(2),
                    new DefectShares(1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one meter")
        .hasMessageContaining("start is 2024-03-01T00:00:01Z; expected a whole hour")
        .hasMessageContaining("is not after start")
        .hasMessageContaining("one of them above")
        .hasMessageContaining("powerSeconds is 7")
        .hasMessageContaining("solarShare is 2.0")
        .hasMessageContaining("longestDelay is PT2H")
        .hasMessageContaining("share of CONFLICT is -1.0");
  }

  @Test
  void sharesStayPossibleWhateverTheFactor() {
    DefectShares many = DefectShares.DEFAULT.times(1000);
    assertThat(SimulatorConfig.of(1, 1, START).withDefects(many).defects().rollover()).isEqualTo(1);
    assertThat(DefectShares.DEFAULT.times(0)).isEqualTo(DefectShares.NONE);
    assertThat(DefectShares.DEFAULT.times(2).late()).isEqualTo(2 * DefectShares.DEFAULT.late());
  }
}
