/** The papers' tables at the size of a laptop: the same runs, one table, one picture. */
@NullMarked
package io.millrace.job.ablation;

import org.jspecify.annotations.NullMarked;
