package dev.wattbeam.demo.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class DeliveryPacerTest {
  private static final Instant NOW = Instant.parse("2024-03-01T12:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  @Test
  void liveTimeIsRealTime() {
    DeliveryPacer pacer = DeliveryPacer.live(CLOCK);
    assertThat(pacer.millisUntil(NOW.toEpochMilli() + 1500)).isEqualTo(1500);
    assertThat(pacer.millisUntil(NOW.minusSeconds(86_400).toEpochMilli())).isNotPositive();
  }

  @Test
  void speedUpShortensTheWait() {
    Instant simulated = Instant.parse("2020-01-01T00:00:00Z");
    DeliveryPacer pacer = DeliveryPacer.speedUp(60, simulated, CLOCK);
    assertThat(pacer.millisUntil(simulated.plusSeconds(60).toEpochMilli())).isEqualTo(1000);
    assertThat(DeliveryPacer.asFastAsPossible().millisUntil(Long.MAX_VALUE)).isZero();
  }

  @Test
  void factorHasToBePositive() {
    assertThatThrownBy(() -> DeliveryPacer.speedUp(0, NOW, CLOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("speed-up is 0.0");
  }
}
