package dev.wattbeam.io.snowflake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.io.archive.ArchiveConfig;
import dev.wattbeam.io.archive.ArchiveSelection;
import dev.wattbeam.io.archive.ReadLines;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PValue;
import org.junit.jupiter.api.Test;

final class AppendLinesTest {
  @Test
  void nothingIsSerialisedByJava() {
    LocalDate day = LocalDate.of(2026, 11, 22);
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(
            "ReadLines",
            ReadLines.from(
                ArchiveConfig.of("/var/archive"), ArchiveSelection.of("readings", day, day)))
        .apply(
            "AppendLines",
            AppendLines.to(
                new SnowflakeConfig("url", "u", "key", "R", "W", "D", Duration.ZERO),
                new StageConfig("/tmp/stage", "I", 2),
                "run"));

    List<Coder<?>> coders = new ArrayList<>();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitValue(PValue value, TransformHierarchy.Node producer) {
            if (value instanceof PCollection<?> collection) {
              coders.add(collection.getCoder());
            }
          }
        });
    assertThat(coders)
        .contains(FieldsCoder.of())
        .noneMatch(coder -> coder instanceof SerializableCoder);
  }

  @Test
  void codesFields() throws Exception {
    Object[] fields = {"it's é", -1L, "", 5_000_000_000L};
    assertThat(CoderUtils.clone(FieldsCoder.of(), fields)).isEqualTo(fields);
    assertThat(FieldsCoder.of().structuralValue(fields))
        .isEqualTo(FieldsCoder.of().structuralValue(fields.clone()));
  }
}
