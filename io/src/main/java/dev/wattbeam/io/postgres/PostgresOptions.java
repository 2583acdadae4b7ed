package dev.wattbeam.io.postgres;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Where PostgreSQL is and how long to wait for it. The password is never an option: it comes from
 * the file of {@code --postgresPasswordFile} or from the environment variable {@link
 * PostgresConfig#PASSWORD_VARIABLE}.
 */
public interface PostgresOptions extends PipelineOptions {
  @Description(
      "PostgreSQL database as a JDBC URL, such as jdbc:postgresql://localhost:5432/wattbeam")
  String getPostgresUrl();

  void setPostgresUrl(String url);

  @Description("PostgreSQL login role; it needs to be a member of wattbeam_pipeline")
  String getPostgresUser();

  void setPostgresUser(String user);

  @Description(
      "File that holds the password and nothing else; without it, the environment variable"
          + " WATTBEAM_POSTGRES_PASSWORD is used")
  String getPostgresPasswordFile();

  void setPostgresPasswordFile(String file);

  @Description(
      "How long a write is tried again while PostgreSQL is away, before the pipeline fails;"
          + " ISO 8601 duration")
  @Default.String("PT10M")
  String getPostgresRetryFor();

  void setPostgresRetryFor(String duration);

  @Description("Most connections to PostgreSQL that one worker process opens")
  @Default.Integer(4)
  int getPostgresPoolSize();

  void setPostgresPoolSize(int size);

  @Description(
      "Age at which the meter directory is read again, so how long a new meter waits at most;"
          + " ISO 8601 duration")
  @Default.String("PT60S")
  String getMeterDirectoryRefresh();

  void setMeterDirectoryRefresh(String duration);
}
