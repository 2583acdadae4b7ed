package dev.wattbeam.pipelines;

import java.util.List;

/** The configuration is wrong; nothing was started. */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> errors;

  /** All errors, one line each. */
  public ConfigurationException(List<String> errors) {
    super(String.join("\n", errors));
    this.errors = List.copyOf(errors);
  }

  public List<String> errors() {
    return errors;
  }
}
