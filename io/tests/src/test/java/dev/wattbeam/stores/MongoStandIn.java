package dev.wattbeam.stores;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import dev.wattbeam.embedded.Ports;

/**
 * Not MongoDB: mongo-java-server, which speaks its protocol and keeps documents in memory. A test
 * against it shows documents, queries and error handling, not what a replica set does.
 */
public final class MongoStandIn implements AutoCloseable {
  private final int port = Ports.free();
  private final MongoBackend backend = new MemoryBackend();
  private MongoServer server;

  private MongoStandIn() {}

  public static MongoStandIn start() {
    MongoStandIn server = new MongoStandIn();
    server.restart();
    return server;
  }

  /** Takes connections again, with the same documents. */
  public void restart() {
    server = new MongoServer(backend);
    server.bind("127.0.0.1", port);
  }

  /** Ends all connections and takes no more; keeps the documents. */
  public void stop() {
    server.shutdownNow();
  }

  public String uri(String database) {
    return "mongodb://127.0.0.1:" + port + "/" + database;
  }

  @Override
  public void close() {
    stop();
  }
}
