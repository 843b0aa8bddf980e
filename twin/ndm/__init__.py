"""CCSDS navigation data messages: text in, structs out, and back. OMM and OEM (502.0-B), AEM (504.0-B)."""
