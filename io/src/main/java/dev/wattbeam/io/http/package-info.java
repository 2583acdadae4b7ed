/** HTTP: sources that are asked again and again. */
package dev.wattbeam.io.http;
