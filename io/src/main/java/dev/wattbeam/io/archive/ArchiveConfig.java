package dev.wattbeam.io.archive;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.aws2.options.AwsOptions;
import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.io.hdfs.HadoopFileSystemOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.hadoop.conf.Configuration;
import software.amazon.awssdk.regions.Region;

/**
 * Checked {@link ArchiveOptions}.
 *
 * @param root folder of the archive, ends with a slash
 * @param s3Endpoint address of an S3 that is not Amazon's; null: Amazon's
 * @param patience how long a store that fails is asked again
 */
public record ArchiveConfig(String root, URI s3Endpoint, Duration patience)
    implements Serializable {
  private static final Pattern ROOT =
      Pattern.compile("(file:/{1,3}|/|s3://|hdfs://)[^\\s*?\\[\\]{}/][^\\s*?\\[\\]{}]*");
  private static final Pattern ENDPOINT = Pattern.compile("https?://[^\\s/]+/?");
  private static final String USUAL_REGION = "us-east-1";

  public ArchiveConfig {
    requireNonNull(patience, "patience");
    root = root.endsWith("/") ? root : root + "/";
  }

  /** What tests need: a folder, and a store that is asked once. */
  public static ArchiveConfig of(String root) {
    return new ArchiveConfig(root, null, Duration.ZERO);
  }

  /**
   * Checks the options, and tells Beam's file systems how to reach the store; so in {@code options}
   * they travel to the workers.
   *
   * @param errors gets one line for each thing that is wrong
   * @return the configuration, or null when errors were added
   */
  public static ArchiveConfig from(ArchiveOptions options, List<String> errors) {
    int before = errors.size();
    String root = options.getArchive() == null ? "" : options.getArchive().trim();
    if (!ROOT.matcher(root).matches()) {
      errors.add(
          (root.isEmpty() ? "--archive is missing" : "--archive is '" + root + "'")
              + "; expected a folder such as file:///var/archive, s3://bucket/prefix or"
              + " hdfs://namenode:8020/archive");
    }
    String endpoint = options.getArchiveS3Endpoint();
    if (endpoint != null && !ENDPOINT.matcher(endpoint).matches()) {
      errors.add(
          "--archiveS3Endpoint is '"
              + endpoint
              + "'; expected an address such as http://localhost:9000");
    } else if (endpoint != null && !root.startsWith("s3://")) {
      errors.add("--archiveS3Endpoint is given, but --archive=" + root + " is not in S3");
    }
    Duration patience = patience(options.getArchivePatience(), errors);
    if (errors.size() > before) {
      return null;
    }
    ArchiveConfig config =
        new ArchiveConfig(root, endpoint == null ? null : URI.create(endpoint), patience);
    config.connect(options);
    return config;
  }

  private static Duration patience(String text, List<String> errors) {
    try {
      Duration patience = Duration.parse(text);
      if (!patience.isNegative() && patience.compareTo(Duration.ofDays(1)) <= 0) {
        return patience;
      }
    } catch (DateTimeParseException e) {
      // The same message as for one that is out of range.
    }
    errors.add(
        "--archivePatience is '"
            + text
            + "'; expected an ISO 8601 duration of at most a day, such as PT10M");
    return Duration.ZERO;
  }

  private void connect(PipelineOptions options) {
    if (s3Endpoint != null) {
      options.as(AwsOptions.class).setEndpoint(s3Endpoint);
      // Without one, Amazon's client would ask the machines of its own cloud where it is.
      String region = System.getenv("AWS_REGION");
      options.as(AwsOptions.class).setAwsRegion(Region.of(region == null ? USUAL_REGION : region));
      options.as(S3Options.class).setS3ClientFactoryClass(PathStyleS3ClientFactory.class);
    }
    HadoopFileSystemOptions hadoop = options.as(HadoopFileSystemOptions.class);
    if (root.startsWith("hdfs://")
        && (hadoop.getHdfsConfiguration() == null || hadoop.getHdfsConfiguration().isEmpty())) {
      Configuration configuration = new Configuration();
      configuration.set("fs.defaultFS", "hdfs://" + URI.create(root).getAuthority());
      hadoop.setHdfsConfiguration(List.of(configuration));
    }
    FileSystems.setDefaultPipelineOptions(options);
  }
}
