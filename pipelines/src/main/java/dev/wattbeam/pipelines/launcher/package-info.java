/** The one program of a jar: finds the pipelines by name. */
package dev.wattbeam.pipelines.launcher;
