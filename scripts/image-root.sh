#!/bin/sh
# Makes the root folder of both images (docs/adr/0017), in parts that become layers:
#
#     sh scripts/image-root.sh ARCHITECTURE IMAGE
#
#     IMAGE/node      Node.js; it is there already
#     IMAGE/debian    what Node.js and our children need of Debian
#     IMAGE/program   wrapper, folders and licence, beside the bundle that is there already
#
# ARCHITECTURE is Docker's name and Debian's: amd64, arm64. Nothing of that architecture is run.
# The build stage of Dockerfile.gpu and Dockerfile.node runs this, on Debian 12.
set -euf
architecture=$1 image=$2 debian=$2/debian program=$2/program
case $architecture in
  amd64) triplet=x86_64-linux-gnu loader=lib64/ld-linux-x86-64.so.2 ;;
  arm64) triplet=aarch64-linux-gnu loader=lib/ld-linux-aarch64.so.1 ;;
  *) echo "no image for ${architecture:-an unnamed architecture}: amd64 and arm64 can be built" >&2; exit 1 ;;
esac

# Package and files. test/support/image-contents.ts gives the reason of each program and library, and its test finds what is missing or too much.
files="
base-files    etc/debian_version etc/os-release usr/lib/os-release usr/share/common-licenses
libc6         $loader lib/$triplet/ld-linux-*.so.? lib/$triplet/libc.so.6 lib/$triplet/libm.so.6 etc/ld.so.conf.d/$triplet.conf
libc6         lib/$triplet/libdl.so.2 lib/$triplet/libpthread.so.0 lib/$triplet/librt.so.1
gcc-12-base
libgcc-s1     lib/$triplet/libgcc_s.so.1
libstdc++6    usr/lib/$triplet/libstdc++.so.6*
libatomic1    usr/lib/$triplet/libatomic.so.1*
dash          bin/sh bin/dash
coreutils     bin/cat bin/chgrp bin/chmod bin/dd bin/ls bin/mkdir bin/mv bin/rm usr/bin/head usr/bin/stat usr/bin/test
libselinux1   lib/$triplet/libselinux.so.1
libpcre2-8-0  usr/lib/$triplet/libpcre2-8.so.0*
libacl1       usr/lib/$triplet/libacl.so.1*
libattr1      usr/lib/$triplet/libattr.so.1*
adjtimex      sbin/adjtimex
"

# Puts a file into the image, and its sum to those that scanners compare.
put() {
  mkdir -p "$debian/$(dirname "$3")"
  cp -a "$1/$3" "$debian/$3"
  { grep -E "  $3(\$|/)" "$1/DEBIAN/md5sums" || true; } >>"$debian/var/lib/dpkg/status.d/$2.md5sums"
}

# As Debian has it since usrmerge: loaders are looked for in /lib and /lib64.
mkdir -p "$debian/usr/bin" "$debian/usr/sbin" "$debian/usr/lib/$triplet" "$debian/usr/lib64" "$debian/var/lib/dpkg/status.d" "$debian/usr/share/doc"
for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$debian/$folder"; done

packages=$(mktemp -d)
chmod 755 "$packages"
dpkg --add-architecture "$architecture"
apt-get update -qq
names=$(echo "$files" | while read -r name _; do [ -z "$name" ] || echo "$name:$architecture"; done)
(cd "$packages" && apt-get download -qq -o APT::Sandbox::User=root $(echo "$names" | sort -u))
set +f
for file in "$packages"/*.deb; do
  unpacked=${file%.deb}
  dpkg-deb -R "$file" "$unpacked"
  name=$(dpkg-deb -f "$file" Package)
  mv "$unpacked" "$packages/$name"
  # As distroless images note their packages, since dpkg's own database would need all files; scanners read both.
  cp "$packages/$name/DEBIAN/control" "$debian/var/lib/dpkg/status.d/$name"
  # Of some packages the folder is a link to the one of another that is here, too.
  if [ -L "$packages/$name/usr/share/doc/$name" ]; then put "$packages/$name" "$name" "usr/share/doc/$name"
  else put "$packages/$name" "$name" "usr/share/doc/$name/copyright"; fi
done
echo "$files" | while read -r name patterns; do
  [ -n "$patterns" ] || continue
  cd "$packages/$name"
  for path in $patterns; do
    # A pattern that fits nothing stands as it is.
    [ -e "$path" ] || [ -L "$path" ] || { echo "image-root.sh: package $name has no file $path" >&2; exit 1; }
    put "$packages/$name" "$name" "$path"
  done
done

# What the loader is told by Debian's libc-bin; NVIDIA's container tools add a file to the folder and run the host's ldconfig.
echo 'include /etc/ld.so.conf.d/*.conf' >"$debian/etc/ld.so.conf"
# Without it, glibc asks DNS for `localhost` before it reads /etc/hosts.
printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$debian/etc/nsswitch.conf"
cat >"$debian/etc/passwd" <<'END'
root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
npd-plugins:x:65532:65532:npd-plugins:/nonexistent:/usr/sbin/nologin
END
printf 'root:x:0:\nnogroup:x:65534:\nnpd-plugins:x:65532:\n' >"$debian/etc/group"

# Where manifests mount something: with a read-only root some runtimes do not make what is missing.
mkdir -p "$debian/proc" "$debian/sys" "$debian/dev" "$debian/host/usr" "$debian/run/nvidia/driver" "$debian/run/secrets/kubernetes.io/serviceaccount" "$debian/usr/local/nvidia" "$debian/home/kubernetes/bin/nvidia" \
  "$debian/root" "$debian/tmp"
ln -s ../run "$debian/var/run"
chmod 700 "$debian/root"
chmod 1777 "$debian/tmp"

mkdir -p "$program/usr/local/bin" "$program/usr/share/doc/npd-plugins" "$program/run/npd" "$program/var/lib/npd-plugins"
cat >"$program/usr/local/bin/npd-plugins" <<'END'
#!/bin/sh
exec /usr/local/bin/node /usr/lib/npd-plugins/npd-plugins.mjs "$@"
END
chmod 755 "$program/usr/local/bin/npd-plugins"
cp LICENSE "$program/usr/share/doc/npd-plugins/copyright"
# Without volumes both users can write there: root as the owner, which needs no capability, the other one by its group.
chown 0:65532 "$program/run/npd" "$program/var/lib/npd-plugins"
chmod 2770 "$program/run/npd" "$program/var/lib/npd-plugins"

# The same files give the same layer, whenever it is made: with a new release of ours, a node fetches only that.
find "$debian" "$program" -exec touch -h -d @0 {} +
find "$image/node" -type d -exec touch -d @0 {} +
