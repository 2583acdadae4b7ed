package dev.wattbeam.io.snowflake;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** A folder in S3 from which Snowflake loads files. {@link StageConfig#from} judges the values. */
public interface StageOptions extends PipelineOptions {
  @Description(
      "Folder in S3 for the files that Snowflake loads, such as s3://bucket/wattbeam/. They stay"
          + " there: let the bucket delete them after some days")
  String getSnowflakeStage();

  void setSnowflakeStage(String folder);

  @Description("Snowflake storage integration that may read this folder")
  @Default.String("WATTBEAM_STAGE")
  String getSnowflakeStorageIntegration();

  void setSnowflakeStorageIntegration(String name);

  @Description(
      "Number of files that a run puts there, 1 to 1000; Snowflake loads some of 100 to 250 MB best")
  @Default.Integer(8)
  int getSnowflakeStageFiles();

  void setSnowflakeStageFiles(int files);
}
