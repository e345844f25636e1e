/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

static const struct str ipc_scheme = {"ipc://", 6};
static const struct str tcp_scheme = {"tcp://", 6};

static struct str after_scheme(struct str address)
{
	return (struct str){address.ptr + ipc_scheme.len, address.len - ipc_scheme.len};
}

static bool tcp_ok(struct str rest)
{
	size_t colon = rest.len;
	while (colon > 0 && rest.ptr[colon - 1] != ':') {
		colon--;
	}
	const size_t digits = rest.len - colon;
	if (colon < 2 || digits < 1 || digits > 5) {
		return false;
	}
	long port = 0;
	for (size_t i = colon; i < rest.len; i++) {
		if (rest.ptr[i] < '0' || rest.ptr[i] > '9') {
			return false;
		}
		port = port * 10 + (rest.ptr[i] - '0');
	}
	return port >= 1 && port <= 65535;
}

bool endpoint_ok(struct str address)
{
	if (address.len + 32 > ENDPOINT_ADDRESS_SIZE ||
		memchr(address.ptr == NULL ? "" : address.ptr, '\0', address.len) != NULL) {
		return false;
	}
	if (str_has_prefix(address, tcp_scheme)) {
		return tcp_ok(after_scheme(address));
	}
	if (!str_has_prefix(address, ipc_scheme)) {
		return false;
	}
	/* A path that ends in a slash names no socket, '@' and '*' mean something else to ZeroMQ.
	 */
	const struct str path = after_scheme(address);
	return path.len > 0 && path.ptr[path.len - 1] != '/' && path.ptr[0] != '@' &&
	       path.ptr[0] != '*';
}

static enum err folder_open(const char *folder, int *ret_fd, struct fault *fault)
{
	const int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		*ret_fd = fd;
		return ERR_OK;
	}
	if (errno == ENOENT || errno == ENOTDIR) {
		return fault_set(
			fault, ERR_NOT_FOUND, folder, "the endpoint's folder is not there");
	}
	return fault_set(
		fault, ERR_IO, folder, "cannot open the endpoint's folder: %s", strerror(errno));
}

static enum err relative_init(
	struct endpoint *endpoint, struct str path, const char *home, struct fault *fault)
{
	size_t slash = path.len;
	while (slash > 0 && path.ptr[slash - 1] != '/') {
		slash--;
	}
	char folder[4096];
	const int len = snprintf(folder, sizeof(folder), "%s/%.*s", home, (int)slash, path.ptr);
	if (len < 0 || (size_t)len >= sizeof(folder)) {
		return fault_set(fault, ERR_CONFIG, "address", "the home's path is too long");
	}
	const enum err err = folder_open(folder, &endpoint->folder, fault);
	if (err != ERR_OK) {
		return err;
	}
	(void)snprintf(endpoint->address, sizeof(endpoint->address), "ipc:///proc/self/fd/%d/%.*s",
		endpoint->folder, (int)(path.len - slash), path.ptr + slash);
	return ERR_OK;
}

enum err endpoint_init(
	struct endpoint *endpoint, const char *address, const char *home, struct fault *fault)
{
	const struct str text = str_from(address);
	*endpoint = (struct endpoint){.folder = -1};
	if (!endpoint_ok(text)) {
		return fault_set(fault, ERR_CONFIG, "address",
			"an endpoint is ipc://PATH or tcp://HOST:PORT");
	}
	const struct str path = after_scheme(text);
	if (str_has_prefix(text, tcp_scheme)) {
		str_copy(endpoint->address, sizeof(endpoint->address), text);
		return ERR_OK;
	}
	if (path.ptr[0] == '/') {
		if (path.len >= sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
			return fault_set(fault, ERR_CONFIG, "address",
				"the path of a local socket has at most 107 bytes");
		}
		str_copy(endpoint->address, sizeof(endpoint->address), text);
		return ERR_OK;
	}
	if (home == NULL) {
		return fault_set(fault, ERR_CONFIG, "address", "a relative ipc path needs a home");
	}
	const enum err err = relative_init(endpoint, path, home, fault);
	if (err != ERR_OK) {
		return err;
	}
	if (strlen(endpoint->address) - ipc_scheme.len >=
		sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
		endpoint_finish(endpoint);
		return fault_set(
			fault, ERR_CONFIG, "address", "the socket's name is longer than 80 bytes");
	}
	return ERR_OK;
}

void endpoint_finish(struct endpoint *endpoint)
{
	if (endpoint->folder >= 0) {
		(void)close(endpoint->folder);
	}
	endpoint->folder = -1;
	endpoint->address[0] = '\0';
}
