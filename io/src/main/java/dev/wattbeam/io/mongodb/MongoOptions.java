package dev.wattbeam.io.mongodb;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Where MongoDB is, if rows are to be written there too. The password is never an option: it comes
 * from the file of {@code --mongoPasswordFile} or from the environment variable {@link
 * MongoConfig#PASSWORD_VARIABLE}.
 */
public interface MongoOptions extends PipelineOptions {
  @Description(
      "MongoDB as a URI with the user but not the password, such as"
          + " mongodb://wattbeam@localhost:27017/wattbeam; without it nothing is written to MongoDB")
  String getMongoUri();

  void setMongoUri(String uri);

  @Description(
      "File that holds the password and nothing else; without it, the environment variable"
          + " WATTBEAM_MONGO_PASSWORD is used")
  String getMongoPasswordFile();

  void setMongoPasswordFile(String file);

  @Description(
      "How long a write is tried again while MongoDB is away, before the pipeline fails;"
          + " ISO 8601 duration")
  @Default.String("PT10M")
  String getMongoRetryFor();

  void setMongoRetryFor(String duration);
}
