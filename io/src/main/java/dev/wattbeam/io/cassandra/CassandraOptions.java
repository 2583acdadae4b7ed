package dev.wattbeam.io.cassandra;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Where Cassandra is, if rows are to be written there too. The password is never an option: it
 * comes from the file of {@code --cassandraPasswordFile} or from the environment variable {@link
 * CassandraConfig#PASSWORD_VARIABLE}.
 */
public interface CassandraOptions extends PipelineOptions {
  @Description(
      "Cassandra nodes to begin with, HOST:PORT joined by commas; without it nothing is written to"
          + " Cassandra")
  String getCassandraContactPoints();

  void setCassandraContactPoints(String hosts);

  @Description("Cassandra data centre that is written to; others follow by replication")
  String getCassandraDatacenter();

  void setCassandraDatacenter(String datacenter);

  @Description("Cassandra keyspace; it has to exist, its tables are made where they are missing")
  @Default.String("wattbeam")
  String getCassandraKeyspace();

  void setCassandraKeyspace(String keyspace);

  @Description("Cassandra login role; without it, none is given")
  String getCassandraUser();

  void setCassandraUser(String user);

  @Description(
      "File that holds the password and nothing else; without it, the environment variable"
          + " WATTBEAM_CASSANDRA_PASSWORD is used")
  String getCassandraPasswordFile();

  void setCassandraPasswordFile(String file);

  @Description("Whether connections to Cassandra are encrypted, by the trust store of the JVM")
  @Default.Boolean(false)
  boolean getCassandraTls();

  void setCassandraTls(boolean tls);

  @Description(
      "How long a write is tried again while Cassandra is away, before the pipeline fails;"
          + " ISO 8601 duration")
  @Default.String("PT10M")
  String getCassandraRetryFor();

  void setCassandraRetryFor(String duration);
}
