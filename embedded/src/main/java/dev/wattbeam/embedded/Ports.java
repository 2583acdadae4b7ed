package dev.wattbeam.embedded;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** TCP ports of 127.0.0.1. */
public final class Ports {
  private Ports() {}

  /**
   * A port that is free now; another process may still take it before it is used. It is below those
   * that systems give to outgoing connections: one of these could take it while its server is away.
   */
  public static int free() {
    IOException last = null;
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_768);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException e) {
        last = e;
      }
    }
    throw new EmbeddedServerException("No free TCP port on 127.0.0.1: " + last.getMessage(), last);
  }

  /**
   * Fails when a port is not to be had.
   *
   * @param port the wanted port, 0 for any free one (which always passes)
   * @param server what is to listen there, for the message
   * @param option the command line option that chooses the port, for the message
   * @throws EmbeddedServerException naming the port, the server and the option
   */
  public static void requireFree(int port, String server, String option) {
    if (port == 0) {
      return;
    }
    if (port < 0 || port > 65_535) {
      throw new EmbeddedServerException(
          server + ": port " + port + " is not between 0 and 65535; change " + option);
    }
    try (ServerSocket socket = new ServerSocket()) {
      // As the servers do: connections of a former server that still linger are no obstacle.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (BindException e) {
      throw new EmbeddedServerException(
          String.format(
              "%s: port %d of 127.0.0.1 is taken by another program (%s); choose another one with"
                  + " %s, or leave that option out for a free port",
              server, port, e.getMessage(), option),
          e);
    } catch (IOException e) {
      throw new EmbeddedServerException(
          server + ": port " + port + " cannot be used: " + e.getMessage(), e);
    }
  }
}
