/**
 * What stores beside PostgreSQL have in common: rows with a revision, written per bundle, again
 * while the store is away.
 */
package dev.wattbeam.io.store;
