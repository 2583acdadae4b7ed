package dev.wattbeam.io.snowflake;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Where Snowflake is, and as whom to come. The key is a file on each worker, never an option. */
public interface SnowflakeOptions extends PipelineOptions {
  @Description(
      "Snowflake account as a JDBC URL, such as"
          + " jdbc:snowflake://myorg-myaccount.snowflakecomputing.com")
  String getSnowflakeUrl();

  void setSnowflakeUrl(String url);

  @Description("Snowflake user of this program")
  String getSnowflakeUser();

  void setSnowflakeUser(String user);

  @Description(
      "File with the user's private key, PEM (PKCS 8) without a passphrase; each worker needs it"
          + " at this path")
  String getSnowflakePrivateKeyFile();

  void setSnowflakePrivateKeyFile(String file);

  @Description("Snowflake role to work as")
  @Default.String("WATTBEAM_LOADER")
  String getSnowflakeRole();

  void setSnowflakeRole(String role);

  @Description("Snowflake warehouse (compute) to work on")
  @Default.String("WATTBEAM_LOAD")
  String getSnowflakeWarehouse();

  void setSnowflakeWarehouse(String warehouse);

  @Description("Snowflake database that has the schemas RAW, CLEAN and MART")
  @Default.String("WATTBEAM")
  String getSnowflakeDatabase();

  void setSnowflakeDatabase(String database);

  @Description(
      "How long something is tried again while Snowflake does not answer, before the pipeline"
          + " fails; ISO 8601 duration")
  @Default.String("PT10M")
  String getSnowflakeRetryFor();

  void setSnowflakeRetryFor(String duration);
}
