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
  void boundedJobsOnFlinkAreNoStreamingJobs() {
    assertThat(RunnerOptions.wrongForBounded("--runner=FlinkRunner", "--streaming=true"))
        .singleElement()
        .asString()
        .startsWith("--streaming: ");
    assertThat(RunnerOptions.wrongForBounded("--runner=flink", "--useDataStreamForBatch"))
        .hasSize(1);
    assertThat(RunnerOptions.wrongForBounded("--runner=FlinkRunner", "--streaming=false"))
        .isEmpty();
    assertThat(RunnerOptions.wrongForBounded("--runner=SparkRunner", "--streaming=true")).isEmpty();
  }

  @Test
  void withoutARunnersFilesNothingOfARunnerIsAdded() {
    assertThat(RunnerOptions.complete("--runner=DirectRunner", "--archiveRoot=s3://a/b"))
        .containsExactly("--runner=DirectRunner", "--archiveRoot=s3://a/b");
  }

  @Test
  void amazonsRegionIsSearchedForOnlyByJobsThatUseS3() {
    assertThat(RunnerOptions.complete("--runner=DirectRunner"))
        .containsExactly("--runner=DirectRunner", "--awsRegion=us-east-1");
    assertThat(RunnerOptions.complete("--runner=DirectRunner", "--awsRegion=eu-west-3"))
        .containsExactly("--runner=DirectRunner", "--awsRegion=eu-west-3");
  }

  @Test
  void detachedIsWhatFlinkCallsSo() {
    assertThat(RunnerOptions.isDetached("--attachedMode=false")).isTrue();
    assertThat(RunnerOptions.isDetached("--attachedMode=true")).isFalse();
    assertThat(RunnerOptions.isDetached()).isFalse();
  }
}
