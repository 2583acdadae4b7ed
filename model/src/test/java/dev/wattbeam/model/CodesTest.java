package dev.wattbeam.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Names and ranks that messages, tables and stored rows rely on. */
class CodesTest {
  @Test
  void qualities() {
    for (Quality quality : Quality.values()) {
      assertThat(Quality.ofCode(quality.code())).isSameAs(quality);
    }
    assertThat(Quality.ofCode("VALID")).isNull();
    assertThat(Quality.ofCode("")).isNull();
    assertThat(Quality.ofCode(null)).isNull();
  }

  /** With two equal ranks, the order of arrival would decide which of two copies is kept. */
  @Test
  void noTwoQualitiesShareARank() {
    assertThat(Arrays.stream(Quality.values()).map(Quality::rank)).doesNotHaveDuplicates();
    assertThat(Quality.VALID.rank())
        .isGreaterThan(Quality.ESTIMATED_LINEAR.rank())
        .isLessThan(Quality.VERIFIED.rank());
    assertThat(Quality.QUESTIONABLE.rank())
        .isEqualTo(Arrays.stream(Quality.values()).mapToInt(Quality::rank).min().orElseThrow());
  }

  @Test
  void readingTypes() {
    for (ReadingType type : ReadingType.values()) {
      assertThat(ReadingType.ofCode(type.code())).isSameAs(type);
    }
    assertThat(ReadingType.ofCode("Power")).isNull();
    assertThat(ReadingType.ofCode(null)).isNull();
  }

  @Test
  void units() {
    for (Unit unit : Unit.values()) {
      assertThat(Unit.ofSymbol(unit.symbol())).isSameAs(unit);
      assertThat(unit.fits(ReadingType.POWER)).isNotEqualTo(unit.fits(ReadingType.INTERVAL));
      assertThat(unit.fits(ReadingType.REGISTER)).isEqualTo(unit.fits(ReadingType.INTERVAL));
      assertThat(unit.fits(ReadingType.INTERVAL)).isEqualTo(unit.symbol().endsWith("h"));
    }
    assertThat(Unit.ofSymbol("kwh")).as("case matters: mW is no MW").isNull();
    assertThat(Unit.ofSymbol("mW")).isNull();
    assertThat(Unit.W.exponent()).isEqualTo(-3);
    assertThat(Unit.KWH.exponent()).isZero();
    assertThat(Unit.MWH.exponent()).isEqualTo(3);
  }

  @Test
  void gridCodes() {
    for (GridKind kind : GridKind.values()) {
      assertThat(GridKind.ofCode(kind.code())).isSameAs(kind);
    }
    for (GridStage stage : GridStage.values()) {
      assertThat(GridStage.ofCode(stage.code())).isSameAs(stage);
    }
    for (GridUnit unit : GridUnit.values()) {
      assertThat(GridUnit.ofSymbol(unit.symbol())).isSameAs(unit);
    }
    assertThat(GridKind.ofCode("Actual")).isNull();
    assertThat(GridStage.ofCode(null)).isNull();
    assertThat(GridUnit.ofSymbol("mw")).isNull();
    assertThat(GridStage.FINAL.rank()).isGreaterThan(GridStage.CONSOLIDATED.rank());
    assertThat(GridUnit.BAND.accepts(5_000_000_000L)).isTrue();
    assertThat(GridUnit.BAND.accepts(999_999_999L)).isFalse();
  }

  @Test
  void flagsAreASet() {
    int flags = RowFlag.GAP.bit() | RowFlag.REGISTER_RESET.bit();
    assertThat(RowFlag.describe(flags)).isEqualTo("register-reset gap");
    assertThat(RowFlag.describe(0)).isEmpty();
    assertThat(RowFlag.GAP.in(flags)).isTrue();
    assertThat(RowFlag.SPIKE.in(flags)).isFalse();
    assertThat(Arrays.stream(RowFlag.values()).map(RowFlag::code)).doesNotHaveDuplicates();
    assertThat(RowFlag.values()).as("one bit each in an int").hasSizeLessThanOrEqualTo(31);
  }

  @Test
  void enumsFitIntoTheirByte() {
    assertThat(DeadLetterCode.values()).hasSizeLessThan(128);
    assertThat(Arrays.stream(Level.values()).map(Level::code))
        .containsExactly("interval", "hour", "day", "month");
  }
}
