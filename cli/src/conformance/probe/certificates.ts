/**
 * Public test data: a self-signed certificate and its key, for loopback only. They protect nothing and nobody trusts them;
 * valid until 2126 for localhost, *.test, *.probe.test (Node takes no wildcard right below a top-level name), 127.0.0.1 and ::1.
 */
export const probeKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgFd9qQZ6zJ12cABNb
yDuJMsuZvhEWXvQPWnxcc32HZYyhRANCAATyXwEiA8nYV5gZZfa/L2IWE0uTpyuQ
s6Xsuyrayxpzg0SfLEz9VAs+NA9rB8FR1soRrb6/RdZkD9kjY4I/gJq0
-----END PRIVATE KEY-----
`

export const probeCertificate = `-----BEGIN CERTIFICATE-----
MIIBzTCCAXOgAwIBAgIUTH2/BBJk9E5yO4ION3Imnw/9NC4wCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcG9seXBvb2wgdGVzdDAgFw0yNjExMjEwNTM4NDFaGA8yMTI2
MTAyODA1Mzg0MVowGDEWMBQGA1UEAwwNcG9seXBvb2wgdGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABPJfASIDydhXmBll9r8vYhYTS5OnK5Czpey7KtrLGnOD
RJ8sTP1UCz40D2sHwVHWyhGtvr9F1mQP2SNjgj+AmrSjgZgwgZUwHQYDVR0OBBYE
FFL3xm+W5KYAvgQf5eeqwMiEKFhlMB8GA1UdIwQYMBaAFFL3xm+W5KYAvgQf5eeq
wMiEKFhlMEIGA1UdEQQ7MDmCCWxvY2FsaG9zdIIGKi50ZXN0ggwqLnByb2JlLnRl
c3SHBH8AAAGHEAAAAAAAAAAAAAAAAAAAAAEwDwYDVR0TAQH/BAUwAwEB/zAKBggq
hkjOPQQDAgNIADBFAiEA7KHdXw7Kf8jxCzSV7G4L6WD7B0+inoSTsnh1OKEJumcC
IF2iN0/5F6QwBRmH7+kKMar95k/dcXPIwQdFgfmV/BqZ
-----END CERTIFICATE-----
`
