package dev.wattbeam.stores;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import dev.wattbeam.embedded.Ports;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Not MongoDB: mongo-java-server, which speaks its protocol and keeps documents in memory. A test
 * against it shows documents, queries and error handling, not what a replica set does.
 *
 * <p>It forgets its documents when it is shut down, so {@link #stop} and {@link #restart} only cut
 * the way to it, a forwarder of connections.
 */
public final class MongoStandIn implements AutoCloseable {
  private final int port = Ports.free();
  private final MongoServer server = new MongoServer(new MemoryBackend());
  private final InetSocketAddress address = server.bind();
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();

  private MongoStandIn() {}

  public static MongoStandIn start() {
    MongoStandIn server = new MongoStandIn();
    server.restart();
    return server;
  }

  /** Takes connections again, with the same documents. */
  public void restart() {
    try {
      ServerSocket listener = new ServerSocket();
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      open.add(listener);
      daemon(() -> forward(listener));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void forward(ServerSocket listener) throws IOException {
    while (true) {
      Socket client = listener.accept();
      Socket target = new Socket(address.getAddress(), address.getPort());
      open.add(client);
      open.add(target);
      if (listener.isClosed()) {
        stop();
        return;
      }
      daemon(() -> client.getInputStream().transferTo(target.getOutputStream()));
      daemon(() -> target.getInputStream().transferTo(client.getOutputStream()));
    }
  }

  private interface Forwarding {
    void run() throws IOException;
  }

  /** Ends when a socket is closed. */
  private void daemon(Forwarding forwarding) {
    Thread thread =
        new Thread(
            () -> {
              try {
                forwarding.run();
              } catch (IOException e) {
                // Closed by the other end or by stop().
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  /** Ends all connections and takes no more; keeps the documents. */
  public void stop() {
    for (Closeable socket : open) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    open.clear();
  }

  public String uri(String database) {
    return "mongodb://127.0.0.1:" + port + "/" + database;
  }

  @Override
  public void close() {
    stop();
    server.shutdownNow();
  }
}
