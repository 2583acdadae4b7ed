/** What the plain programs among the pipelines have in common: stopping, servers, rejected rows. */
package dev.wattbeam.pipelines.program;
