package dev.wattbeam.demo;

import dev.wattbeam.io.postgres.MeterDirectoryStore;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Where the live demo's readings come from. */
interface Feed extends AutoCloseable {
  /** In one line, what is fed. */
  String describe();

  /** Puts the meters into the directory; before {@link #start}. */
  void register(MeterDirectoryStore store) throws IOException;

  /** Begins to send, on threads of its own. */
  void start(Servers servers) throws IOException;

  /** Readings (messages) sent so far. */
  long published();

  /** How far the sender's clock is, in words. */
  String clock();

  /** Whether everything is sent. */
  boolean finished();

  /** Why sending broke off, or null. */
  Throwable failure();

  /**
   * What is known about whether the results are right, a few lines for people.
   *
   * @param fresh whether it is found out now, however long it takes
   */
  List<String> verdict(Connection database, boolean fresh) throws SQLException;

  /** Sends no more. */
  void stop();

  @Override
  void close();
}
