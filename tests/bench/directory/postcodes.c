/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Postcodes as many and as wide as in the ONS Postcode Directory, invented: how long the import of
 * its CSV takes, how large the table is, how long one is looked for.  Prints; asserts nothing
 * timed.
 *
 *     onward-bench-directory FOLDER [ROWS]
 */
#include "directory/authority.h"
#include "directory/postcodes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

enum {
	ROWS = 2700 * 1000,
	INWARDS = 900, /* postcodes of one outward code */
	LOOKUPS = 4 * 1000 * 1000
};

static double seconds(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The n-th invented postcode, in order of n. */
static void postcode_write(unsigned n, char out[16])
{
	const unsigned outward = n / INWARDS;
	const unsigned inward = n % INWARDS * 7;
	(void)snprintf(out, 16, "%c%c%u %u%c%c", (char)('A' + outward / 234 % 26),
		(char)('A' + outward / 9 % 26), outward % 9 + 1, inward / 676,
		(char)('A' + inward / 26 % 26), (char)('A' + inward % 26));
}

static bool csv_write(const char *path, unsigned rows)
{
	/* The columns behind those that are read: about as many as there are, about as wide. */
	static const char rest[] =
		",\"E05011095\",\"0\",\"531162\",\"175822\",\"1\",\"E40000003\",\"E92000001\",\""
		"E12000007\",\"E14001342\",\"E15000007\",\"TLI45\",\"E38000244\",\"E01003020\",\""
		"E02000636\",\"UKI45\",\"E65000001\",\"E01003020\",\"E02000636\",\"E00015188\","
		"\"1\""
		",\"2A2\",51.466,-0.112,\"E37000051\",\"E54000030\",\"9504\",\"E23000001\",\""
		"E00015188\",\"E01003020\",\"E02000636\",\"E34004707\",\"E35001234\",\"E36007378\"";
	size_t count;
	const struct directory_authority *all = directory_authorities(&count);
	FILE *file = fopen(path, "w");
	if (file == NULL) {
		return false;
	}
	(void)fputs("\"pcd7\",\"pcd8\",\"pcds\",\"dointr\",\"doterm\",\"oscty\",\"oslaua\"", file);
	for (size_t i = 0, quotes = 0; rest[i] != '\0'; i++) {
		quotes += rest[i] == '"';
		if (rest[i] == ',' && quotes % 2 == 0) {
			(void)fprintf(file, ",\"c%zu\"", i);
		}
	}
	(void)fputs("\r\n", file);
	for (unsigned n = 0; n < rows; n++) {
		char text[16];
		postcode_write(n, text);
		(void)fprintf(file,
			"\"%s\",\"%s\",\"%s\",\"198001\",\"%s\",\"E99999999\",\"%s\"%s\r\n", text,
			text, text, n % 3 == 0 ? "199606" : "", all[n / 450 % count].code.ptr,
			rest);
	}
	return fclose(file) == 0;
}

static void lookups_time(const struct directory_postcodes *postcodes, unsigned rows)
{
	struct directory_postcode *asked = calloc(LOOKUPS / 4, sizeof(*asked));
	size_t found = 0;
	uint64_t state = 88172645463325252U;
	if (asked == NULL) {
		return;
	}
	for (size_t i = 0; i < LOOKUPS / 4; i++) {
		char text[16];
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		postcode_write((unsigned)(state % rows), text);
		found += directory_postcode_parse(str_from(text), &asked[i]) == ERR_OK;
	}
	const double begun = seconds();
	for (size_t i = 0; i < LOOKUPS; i++) {
		struct directory_postcode_place place;
		found += directory_postcodes_find(postcodes, &asked[i % (LOOKUPS / 4)], &place);
	}
	printf("look-up            %8.0f ns each, %zu of %d found\n",
		(seconds() - begun) * 1e9 / LOOKUPS, found - LOOKUPS / 4, LOOKUPS);
	free(asked);
}

int main(int argc, char *argv[])
{
	char csv[4096];
	char table[4096];
	struct fault fault;
	struct stat status;
	struct directory_postcodes_report report;
	struct directory_postcodes *postcodes = NULL;
	const char *folder = argc > 1 ? argv[1] : ".";
	const unsigned rows = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : ROWS;
	(void)snprintf(csv, sizeof(csv), "%s/invented.csv", folder);
	(void)snprintf(table, sizeof(table), "%s/postcodes", folder);
	if (rows == 0 || !csv_write(csv, rows) || stat(csv, &status) != 0) {
		(void)fprintf(stderr, "%s: cannot be written\n", csv);
		return EXIT_FAILURE;
	}
	double begun = seconds();
	printf("CSV                %8.0f MB, %u rows\n", (double)status.st_size / 1e6, rows);
	if (directory_postcodes_import(csv, table, NULL, NULL, &report, &fault) != ERR_OK) {
		(void)fprintf(stderr, "%s: %s\n", fault.field, fault.message);
		return EXIT_FAILURE;
	}
	printf("import             %8.2f s\n", seconds() - begun);
	struct rusage usage;
	(void)getrusage(RUSAGE_SELF, &usage);
	printf("memory at most     %8.1f MiB\n", (double)usage.ru_maxrss / 1024);
	(void)stat(table, &status);
	printf("table              %8.1f MiB, %" PRIu64 " postcodes\n",
		(double)status.st_size / (1024 * 1024), report.postcodes);
	begun = seconds();
	if (directory_postcodes_open(table, &postcodes, &fault) != ERR_OK) {
		(void)fprintf(stderr, "%s: %s\n", fault.field, fault.message);
		return EXIT_FAILURE;
	}
	printf("open and check     %8.1f ms\n", (seconds() - begun) * 1e3);
	lookups_time(postcodes, rows);
	directory_postcodes_close(postcodes);
	(void)remove(csv);
	(void)remove(table);
	return EXIT_SUCCESS;
}
