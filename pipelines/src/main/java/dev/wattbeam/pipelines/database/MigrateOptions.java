package dev.wattbeam.pipelines.database;

import dev.wattbeam.io.postgres.PostgresOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** Options of {@link MigrateDatabase}; {@code --postgresUser} is the owner of the database. */
public interface MigrateOptions extends PostgresOptions {
  @Description("Login role to make, or to give a new password; without it no role is touched")
  String getLogin();

  void setLogin(String name);

  @Description("File that holds the password of --login and nothing else")
  String getLoginPasswordFile();

  void setLoginPasswordFile(String file);

  @Description("Rights of --login: wattbeam_pipeline (reads and writes rows) or wattbeam_reader")
  @Default.String("wattbeam_pipeline")
  String getLoginGroup();

  void setLoginGroup(String group);
}
