package dev.wattbeam.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunnerOptionsTest {
  @Test
  void streamingOnSparkNeedsADirectoryOfItsOwn() {
    assertThat(RunnerOptions.missingForStreaming("--runner=SparkRunner"))
        .singleElement()
        .asString()
        .contains("--checkpointDir is missing", "hdfs://");
    assertThat(RunnerOptions.missingForStreaming("--runner=SparkRunner", "--checkpointDir=/a"))
        .isEmpty();
    assertThat(RunnerOptions.missingForStreaming("--runner=FlinkRunner")).isEmpty();
  }

  @Test
  void withoutARunnersFilesNothingIsAdded() {
    assertThat(RunnerOptions.complete("--runner=DirectRunner", "--kafkaTopic=a"))
        .containsExactly("--runner=DirectRunner", "--kafkaTopic=a");
  }

  @Test
  void detachedIsWhatFlinkCallsSo() {
    assertThat(RunnerOptions.isDetached("--attachedMode=false")).isTrue();
    assertThat(RunnerOptions.isDetached("--attachedMode=true")).isFalse();
    assertThat(RunnerOptions.isDetached()).isFalse();
  }
}
