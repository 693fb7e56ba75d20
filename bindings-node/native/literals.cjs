'use strict';
// Requires the package of each platform by its literal name, so that tools see which files belong to the program.
// Each one has a try of its own: tools take the packages that are not installed for optional.

// prettier-ignore
const literals = {
  'darwin-arm64'(fail) { try { return require('@grantmint/darwin-arm64'); } catch (error) { return fail(error); } },
  'darwin-x64'(fail) { try { return require('@grantmint/darwin-x64'); } catch (error) { return fail(error); } },
  'linux-arm64-gnu'(fail) { try { return require('@grantmint/linux-arm64-gnu'); } catch (error) { return fail(error); } },
  'linux-arm64-musl'(fail) { try { return require('@grantmint/linux-arm64-musl'); } catch (error) { return fail(error); } },
  'linux-x64-gnu'(fail) { try { return require('@grantmint/linux-x64-gnu'); } catch (error) { return fail(error); } },
  'linux-x64-musl'(fail) { try { return require('@grantmint/linux-x64-musl'); } catch (error) { return fail(error); } },
  'win32-arm64-msvc'(fail) { try { return require('@grantmint/win32-arm64-msvc'); } catch (error) { return fail(error); } },
  'win32-x64-msvc'(fail) { try { return require('@grantmint/win32-x64-msvc'); } catch (error) { return fail(error); } },
};

/** The package of a platform, or what `fail` makes of the error. */
const requireLiteral = (name, fail) => literals[name]?.(fail);

module.exports = { requireLiteral };
