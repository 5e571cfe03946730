#!/bin/sh
# demo.sh BIN: the main job from start to end, in .demo: an OIN, a key and CSR for preproduction, a certificate for it
# from the test authority, and the verdict. Every command is shown before it runs.
set -eu
pkitools="$1/pkitools"
dir=.demo
rm -rf "$dir" && mkdir -p "$dir"

# in the language that the program itself speaks here
tongue=$("$1/python" -c 'from pkitools_cli import i18n; i18n.set_language(None); print(i18n.language())')
say() { if [ "$tongue" = nl ]; then printf '%s' "$2"; else printf '%s' "$1"; fi; }  # ENGLISH DUTCH
step() { printf '\n== %s ==\n' "$(say "$@")"; }
run() {
    printf '$ pkitools'
    for word in "$@"; do
        case $word in *[!A-Za-z0-9_./:=-]*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
    done
    printf '\n'
    "$pkitools" "$@"
}

step '1. Is this OIN right?' '1. Klopt dit OIN?'
run oin check 00000099000000010000

step '2. The key and the certificate signing request, for preproduction' \
    '2. De sleutel en de certificaataanvraag (CSR), voor preproductie'
run csr create --oin 00000099000000010000 --organization 'TRIAL Gemeente Voorbeeld' --common-name 'TRIAL koppeling.voorbeeld.nl' \
    --dns koppeling.voorbeeld.nl --kvk 99999991 --profile g4-tls --environment preproduction --no-passphrase --out "$dir/koppeling"

step '3. A test PKI in the shape of PKIoverheid G4, and the certificate for that request' \
    '3. Een test-PKI in de vorm van PKIoverheid G4, en het certificaat voor die aanvraag'
run test-pki create "$dir/pki" --shape g4-tls --fast
run test-pki issue "$dir/pki" --csr "$dir/koppeling.csr" --out "$dir/koppeling"

step '4. Is the certificate right for DigiD Machtigen, preproduction?' \
    '4. Is het certificaat goed voor DigiD Machtigen, preproductie?'
run cert check "$dir/koppeling.pem" --chain "$dir/koppeling.chain.pem" --trust "$dir/pki" --crl "$dir/pki/crl" \
    --for digid-machtigen --environment preproduction --offline

step 'The files' 'De bestanden'
ls -l "$dir"/koppeling.*

step 'On your own' 'Zelf aan de slag'
say 'From here on the command pkitools is found after:' 'De opdracht pkitools wordt gevonden na:'
printf '\n. %s/activate\n' "$1"
