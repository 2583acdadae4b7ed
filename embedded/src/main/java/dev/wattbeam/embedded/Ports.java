package dev.wattbeam.embedded;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** TCP ports of 127.0.0.1. */
public final class Ports {
  private Ports() {}

  /** A port that is free now; another process may still take it before it is used. */
  static int free() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new EmbeddedServerException("No free TCP port on 127.0.0.1: " + e.getMessage(), e);
    }
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
