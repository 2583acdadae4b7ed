package dev.wattbeam.io.archive;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Where the raw archive is. {@link ArchiveConfig#from} judges the values. */
public interface ArchiveOptions extends PipelineOptions {
  @Description(
      "Folder of the archive: file:///path, s3://bucket/prefix or hdfs://namenode:port/path."
          + " Credentials of S3 come from where Amazon's clients look for them (AWS_ACCESS_KEY_ID"
          + " and AWS_SECRET_ACCESS_KEY, profiles, roles), on each worker.")
  String getArchive();

  void setArchive(String value);

  @Description(
      "Address of an S3 that is not Amazon's, such as http://localhost:9000 for MinIO; buckets are"
          + " then in the path, and the region is us-east-1 unless AWS_REGION is set.")
  String getArchiveS3Endpoint();

  void setArchiveS3Endpoint(String value);

  @Description(
      "How long a store that fails is asked again, with growing pauses, before the job gives up."
          + " ISO 8601 duration.")
  @Default.String("PT10M")
  String getArchivePatience();

  void setArchivePatience(String value);
}
