/*
 * The EM pass over segments in plain C, and the bare read of the same bytes.
 *   cc -O3 pass.c -lm && ./a.out data.bin
 * The file: bricks, entities, exposures as u32 and a fourth of nothing; segments, ids (u32), then exposures, totals,
 * productivities (f64), every array padded to 16 bytes. Prints medians of several runs as JSON.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void *field(FILE *file, size_t bytes) {
  size_t padded = (bytes + 15) / 16 * 16;
  void *at = aligned_alloc(64, (padded + 63) / 64 * 64);
  if (!at || fread(at, 1, padded, file) != padded) exit(1);
  return at;
}

static double pass(const uint32_t *segments, const uint32_t *ids, const double *exposures, const double *totals,
                   const double *productivities, double *restrict fitted, double *restrict sums, uint32_t bricks) {
  double likelihood = 0, pearson = 0;
  for (uint32_t b = 0; b < bricks; b++) {
    const uint32_t start = segments[b], end = segments[b + 1];
    double fit = 0;
    for (uint32_t j = start; j < end; j++) fit += exposures[j] * productivities[ids[j]];
    fitted[b] = fit;
    const double total = totals[b], ratio = total / fit;
    likelihood += total * log(fit);
    pearson += (total - fit) * (total - fit) / fit;
    for (uint32_t j = start; j < end; j++) sums[ids[j]] += exposures[j] * ratio;
  }
  return likelihood + pearson;
}

/* every byte the pass reads in order, eight sums so that adding up does not hold it back */
static double bare(const uint32_t *ids, const double *exposures, const double *totals, uint32_t count, uint32_t bricks) {
  uint32_t whole[8] = {0};
  double sums[8] = {0};
  uint32_t j = 0;
  for (; j + 8 <= count; j += 8)
    for (int k = 0; k < 8; k++) whole[k] += ids[j + k], sums[k] += exposures[j + k];
  double sum = 0;
  for (uint32_t b = 0; b < bricks; b++) sum += totals[b];
  for (int k = 0; k < 8; k++) sum += whole[k] + sums[k];
  return sum;
}

static int rising(const void *a, const void *b) {
  return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  uint32_t sizes[4];
  if (!file || fread(sizes, 4, 4, file) != 4) return 1;
  const uint32_t bricks = sizes[0], entities = sizes[1], count = sizes[2];
  uint32_t *segments = field(file, 4ul * (bricks + 1)), *ids = field(file, 4ul * count);
  double *exposures = field(file, 8ul * count), *totals = field(file, 8ul * bricks);
  double *productivities = field(file, 8ul * entities);
  double *fitted = calloc(bricks, 8), *sums = calloc(entities, 8);
  enum { runs = 15 };
  double passes[runs], reads[runs], sink = 0;
  for (int r = -1; r < runs; r++) {
    double start = now();
    memset(sums, 0, 8ul * entities);
    sink += pass(segments, ids, exposures, totals, productivities, fitted, sums, bricks);
    double middle = now();
    sink += bare(ids, exposures, totals, count, bricks);
    if (r < 0) continue;
    passes[r] = middle - start;
    reads[r] = now() - middle;
  }
  qsort(passes, runs, sizeof *passes, rising);
  qsort(reads, runs, sizeof *reads, rising);
  printf("{\"pass\": %.9f, \"read\": %.9f, \"sink\": %g}\n", passes[runs / 2], reads[runs / 2], sink);
}
