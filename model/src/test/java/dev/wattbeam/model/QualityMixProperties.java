package dev.wattbeam.model;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class QualityMixProperties {
  @Provide
  Arbitrary<QualityMix> mixes() {
    return Samples.qualityMixes();
  }

  @Property
  void additionKnowsNoOrder(
      @ForAll("mixes") QualityMix a, @ForAll("mixes") QualityMix b, @ForAll("mixes") QualityMix c) {
    assertThat(a.plus(b)).isEqualTo(b.plus(a)).hasSameHashCodeAs(b.plus(a));
    assertThat(a.plus(b).plus(c)).isEqualTo(a.plus(b.plus(c)));
    assertThat(a.plus(QualityMix.NONE)).isEqualTo(a);
    assertThat(a.plus(b).total()).isEqualTo(a.total() + b.total());
  }

  @Property
  void whatWasAddedCanBeTakenAway(@ForAll("mixes") QualityMix a, @ForAll("mixes") QualityMix b) {
    assertThat(a.plus(b).minus(b)).isEqualTo(a);
    assertThat(a.minus(a)).isEqualTo(QualityMix.NONE);
  }

  @Property
  void totalIsTheSumOfItsQualities(@ForAll("mixes") QualityMix mix) {
    long sum = 0;
    for (Quality quality : Quality.values()) {
      sum += mix.millis(quality);
    }
    assertThat(mix.total()).isEqualTo(sum);
    assertThat(mix.describe().equals("missing")).isEqualTo(sum == 0);
  }

  @Example
  void describes() {
    assertThat(QualityMix.NONE.describe()).isEqualTo("missing");
    assertThat(QualityMix.of(Quality.VALID, 0)).isEqualTo(QualityMix.NONE);
    assertThat(QualityMix.of(Quality.ESTIMATED_LINEAR, 5).describe()).isEqualTo("estimated-linear");
    assertThat(
            QualityMix.of(Quality.QUESTIONABLE, 60_000)
                .plus(QualityMix.of(Quality.VALID, 840_000))
                .describe())
        .isEqualTo("valid:0.933 questionable:0.067");
  }
}
