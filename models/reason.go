package models

import (
	"maps"
	"slices"
)

// Reason is the stable code of a refusal, "noun.what". Clients may switch on it,
// so a golden list freezes it; web/texts has its words in every language.
type Reason string

// Reasons.
const (
	ReasonInternal Reason = "internal"

	// Requests.
	ReasonBodyTooLarge    Reason = "request.too_large"
	ReasonBodyMalformed   Reason = "request.malformed"
	ReasonFieldUnknown    Reason = "request.unknown_field"
	ReasonFieldMissing    Reason = "request.missing_field"
	ReasonFieldBad        Reason = "request.bad_value"
	ReasonRouteUnknown    Reason = "request.not_found"
	ReasonMethod          Reason = "request.method"
	ReasonCrossOrigin     Reason = "request.cross_origin"
	ReasonTooMany         Reason = "request.too_many"
	ReasonIdempotencyKey  Reason = "request.idempotency_key"
	ReasonIdempotencyBody Reason = "request.idempotency_conflict"

	// Logging in.
	ReasonLoginRequired   Reason = "login.required"
	ReasonLoginCode       Reason = "login.code_invalid"
	ReasonLoginCodeUsed   Reason = "login.code_used"
	ReasonLoginBlocked    Reason = "login.blocked"
	ReasonLoginPlatform   Reason = "login.platform_unknown"
	ReasonLoginSnapshot   Reason = "login.snapshot"
	ReasonLoginStaff      Reason = "login.staff_refused"
	ReasonLoginClient     Reason = "login.client_refused"
	ReasonTicket          Reason = "login.ticket_invalid"
	ReasonSessionUnknown  Reason = "session.unknown"
	ReasonInvitation      Reason = "invitation.invalid"
	ReasonPasswordWeak    Reason = "invitation.password_weak"
	ReasonUsernameTaken   Reason = "invitation.username_taken"
	ReasonUpstream        Reason = "upstream.failed"
	ReasonUpstreamSlow    Reason = "upstream.slow"
	ReasonUpstreamBusy    Reason = "upstream.busy"
	ReasonUpstreamLying   Reason = "upstream.answer_unusable"
	ReasonUpstreamRefused Reason = "upstream.refused_us"
	ReasonForbidden       Reason = "actor.forbidden"

	// Channels: plugins in other apps, and what the platforms check.
	ReasonPluginForbidden  Reason = "plugin.forbidden"
	ReasonLink             Reason = "link.invalid"
	ReasonNameCheckUnknown Reason = "realname.unknown"
	ReasonNameCheckKind    Reason = "realname.document"
	ReasonNameCheckDone    Reason = "realname.needless"
	ReasonMessageRefused   Reason = "message.refused"
	ReasonTextRefused      Reason = "text.refused"
	ReasonNoticeUnknown    Reason = "notice.unknown"
	ReasonPhoneNotShared   Reason = "phone.not_shared"

	// People and documents.
	ReasonNameInvalid        Reason = "name.invalid"
	ReasonPhoneInvalid       Reason = "phone.invalid"
	ReasonDocumentType       Reason = "document.type_unknown"
	ReasonDocumentFormat     Reason = "document.format"
	ReasonDocumentChecksum   Reason = "document.check_digit"
	ReasonDocumentBirth      Reason = "document.birth_date"
	ReasonDocumentRegion     Reason = "document.region"
	ReasonCommunityUnknown   Reason = "community.unknown"
	ReasonConsentMissing     Reason = "consent.missing"
	ReasonConsentPurpose     Reason = "consent.purpose_unknown"
	ReasonConsentVersion     Reason = "consent.version"
	ReasonConsentNotGiven    Reason = "consent.not_given"
	ReasonGuardianRequired   Reason = "consent.guardian_required"
	ReasonRegistrationNeeded Reason = "registration.required"
	ReasonRegistrationTwice  Reason = "registration.already"
	ReasonResidentClosed     Reason = "resident.closed"
	ReasonResidentUnknown    Reason = "resident.unknown"

	// Declarations.
	ReasonFormUnknown Reason = "form.unknown"
	ReasonFormVersion Reason = "form.version"

	// Rules and forms on their way.
	ReasonRulesUnknown    Reason = "rules.unknown"
	ReasonDecisionUnknown Reason = "decision.unknown"
	ReasonDraftUnknown    Reason = "draft.unknown"
	ReasonDraftFaults     Reason = "draft.faults"
	ReasonDraftClosed     Reason = "draft.closed"
	ReasonDraftOwn        Reason = "draft.own"
	ReasonDraftUntried    Reason = "draft.untried"
	ReasonDraftOvertaken  Reason = "draft.overtaken"
	ReasonDraftAbove      Reason = "draft.above"
	ReasonDraftUnchanged  Reason = "draft.unchanged"
	ReasonAnswerMissing   Reason = "answer.missing"
	ReasonAnswerUnknown   Reason = "answer.unknown_field"
	ReasonAnswerType      Reason = "answer.type"
	ReasonAnswerRange     Reason = "answer.range"
	ReasonAnswerOption    Reason = "answer.option"
	ReasonAnswerConflict  Reason = "answer.conflict"
	ReasonAnswerDate      Reason = "answer.date"
	ReasonAnswerTooLong   Reason = "answer.too_long"
	ReasonAnswerTooMany   Reason = "answer.too_many"
	ReasonPlaceUnknown    Reason = "place.unknown"

	// Passes, doors and gates.
	ReasonPassMalformed   Reason = "pass.malformed"
	ReasonPassForeign     Reason = "pass.foreign"
	ReasonPassAltered     Reason = "pass.altered"
	ReasonPassEarly       Reason = "pass.early"
	ReasonPassStale       Reason = "pass.stale"
	ReasonPassExpired     Reason = "pass.expired"
	ReasonPassRevoked     Reason = "pass.revoked"
	ReasonVenueUnknown    Reason = "venue.unknown"
	ReasonVisitID         Reason = "visit.id"
	ReasonVisitConflict   Reason = "visit.conflict"
	ReasonVisitOld        Reason = "visit.old"
	ReasonVisitTooMany    Reason = "visit.too_many"
	ReasonGateVenueNeeded Reason = "gate.venue_required"
	ReasonGateVenueOther  Reason = "gate.venue_other"

	// Cards on paper.
	ReasonPrintUnknown    Reason = "print.unknown"
	ReasonPrintEnded      Reason = "print.ended"
	ReasonPrintExpired    Reason = "print.expired"
	ReasonPrintUnverified Reason = "print.unverified"

	// Arrivals, and who waits at a gateway.
	ReasonPlateInvalid    Reason = "plate.invalid"
	ReasonPlateMissing    Reason = "plate.missing"
	ReasonVenueKind       Reason = "venue.kind"
	ReasonArrivalTime     Reason = "arrival.time"
	ReasonArrivalTwice    Reason = "arrival.twice"
	ReasonArrivalVisit    Reason = "arrival.visit"
	ReasonArrivalTaken    Reason = "arrival.taken"
	ReasonGatewayUnknown  Reason = "gateway.unknown"
	ReasonGatewayRequired Reason = "gateway.required"
	ReasonTurnUnknown     Reason = "turn.unknown"
	ReasonTurnCalled      Reason = "turn.called"
	ReasonTurnClosed      Reason = "turn.closed"
	ReasonTurnOutcome     Reason = "turn.outcome"
	ReasonTurnUndeclared  Reason = "turn.undeclared"

	// Reviews.
	ReasonReviewUnknown Reason = "review.unknown"
	ReasonReviewTaken   Reason = "review.taken"
	ReasonReviewUnheld  Reason = "review.not_claimed"
	ReasonReviewClosed  Reason = "review.closed"
	ReasonReviewOwn     Reason = "review.own_case"
	ReasonVerdict       Reason = "review.verdict"
	ReasonVerdictReason Reason = "review.reason_required"
	ReasonReviewPassed  Reason = "review.passed_on"
	ReasonReviewDoing   Reason = "review.own_doing"

	// Appeals, and the pictures that go with them.
	ReasonAppealTarget    Reason = "appeal.target_unknown"
	ReasonAppealOpen      Reason = "appeal.open"
	ReasonAppealNothing   Reason = "appeal.nothing"
	ReasonAppealFacts     Reason = "appeal.facts"
	ReasonPhotoType       Reason = "photo.type"
	ReasonPhotoTooLarge   Reason = "photo.too_large"
	ReasonPhotoUnreadable Reason = "photo.unreadable"
	ReasonPhotoTooMany    Reason = "photo.too_many"
	ReasonPhotoUnknown    Reason = "photo.unknown"

	// Levers.
	ReasonProposalUnknown Reason = "proposal.unknown"
	ReasonProposalClosed  Reason = "proposal.closed"
	ReasonProposalOwn     Reason = "proposal.own"
	ReasonProposalAbove   Reason = "proposal.above"
	ReasonOrderReason     Reason = "order.reason"
	ReasonOrderUntil      Reason = "order.until"
	ReasonListingPeriod   Reason = "listing.period"
	ReasonExposurePeriod  Reason = "exposure.period"
	ReasonExposureNobody  Reason = "exposure.nobody"
	ReasonMergerCircle    Reason = "merger.circle"
	ReasonMergerOver      Reason = "merger.over"
	ReasonMergerUntried   Reason = "merger.untried"
	ReasonMergerOvertaken Reason = "merger.overtaken"

	// Records from registries and laboratories.
	ReasonRecordsMissing Reason = "records.missing"
	ReasonRecordLine     Reason = "records.line"
	ReasonRecordDate     Reason = "record.date"
	ReasonRecordProduct  Reason = "record.product"
	ReasonRecordDose     Reason = "record.dose"
	ReasonRecordResult   Reason = "record.result"
	ReasonRecordConflict Reason = "record.conflict"
	ReasonCSVHeader      Reason = "csv.header"
	ReasonCSVLine        Reason = "csv.line"

	// Feeds of telecom operators.
	ReasonFeedOperator  Reason = "feed.operator"
	ReasonFeedKey       Reason = "feed.key"
	ReasonFeedNumbers   Reason = "feed.numbers"
	ReasonFeedHead      Reason = "feed.head"
	ReasonFeedSignature Reason = "feed.signature"
	ReasonFeedDate      Reason = "feed.date"
	ReasonFeedBody      Reason = "feed.body"
	ReasonFeedLine      Reason = "feed.line"
	ReasonFeedOrder     Reason = "feed.order"
	ReasonFeedConflict  Reason = "feed.conflict"

	// Other installations.
	ReasonPeerOff       Reason = "peer.off"
	ReasonPeerUnknown   Reason = "peer.unknown"
	ReasonPeerForged    Reason = "peer.forged"
	ReasonPeerMalformed Reason = "peer.malformed"
	ReasonPeerClock     Reason = "peer.clock"
	ReasonPeerElsewhere Reason = "peer.elsewhere"
	ReasonPeerReplayed  Reason = "peer.replayed"
	ReasonPeerExpired   Reason = "peer.expired"
	ReasonPassElsewhere Reason = "pass.elsewhere"
)

// kinds is the one table that classifies every reason. A reason that is missing
// here would be Internal by accident: TestReasons refuses that.
var kinds = map[Reason]Kind{
	ReasonInternal: Internal,

	ReasonBodyTooLarge: TooLarge, ReasonBodyMalformed: Invalid, ReasonFieldUnknown: Invalid,
	ReasonFieldMissing: Invalid, ReasonFieldBad: Invalid, ReasonRouteUnknown: NotFound,
	ReasonMethod: Invalid, ReasonCrossOrigin: Forbidden, ReasonTooMany: TooMany,
	ReasonIdempotencyKey: Invalid, ReasonIdempotencyBody: Conflict,

	ReasonLoginRequired: Unauthenticated, ReasonLoginCode: Invalid, ReasonLoginCodeUsed: Invalid,
	ReasonLoginBlocked: Forbidden, ReasonLoginPlatform: NotFound, ReasonLoginStaff: Unauthenticated,
	ReasonLoginClient: Unauthenticated, ReasonTicket: Unauthenticated, ReasonSessionUnknown: NotFound,
	ReasonInvitation: Gone, ReasonPasswordWeak: Invalid, ReasonUsernameTaken: Conflict,
	ReasonUpstream: Upstream, ReasonUpstreamSlow: Upstream, ReasonUpstreamBusy: Upstream,
	ReasonUpstreamLying: Upstream, ReasonUpstreamRefused: Upstream, ReasonForbidden: Forbidden,

	ReasonPluginForbidden: Forbidden, ReasonLink: Gone, ReasonNameCheckUnknown: NotFound,
	ReasonNameCheckKind: Invalid, ReasonNameCheckDone: Conflict,
	ReasonMessageRefused: Conflict, ReasonTextRefused: Invalid, ReasonNoticeUnknown: NotFound, ReasonLoginSnapshot: Forbidden, ReasonPhoneNotShared: Conflict,

	ReasonNameInvalid: Invalid, ReasonPhoneInvalid: Invalid, ReasonDocumentType: Invalid,
	ReasonDocumentFormat: Invalid, ReasonDocumentChecksum: Invalid, ReasonDocumentBirth: Invalid,
	ReasonDocumentRegion: Invalid, ReasonCommunityUnknown: Invalid, ReasonConsentMissing: Invalid,
	ReasonConsentPurpose: Invalid, ReasonConsentVersion: Conflict, ReasonConsentNotGiven: Forbidden,
	ReasonGuardianRequired: Invalid, ReasonRegistrationNeeded: Forbidden,
	ReasonRegistrationTwice: Conflict, ReasonResidentClosed: Gone, ReasonResidentUnknown: NotFound,

	ReasonRulesUnknown: NotFound, ReasonDecisionUnknown: NotFound, ReasonDraftUnknown: NotFound, ReasonDraftFaults: Invalid, ReasonDraftClosed: Conflict,
	ReasonDraftOwn: Forbidden, ReasonDraftUntried: Conflict, ReasonDraftOvertaken: Conflict, ReasonDraftAbove: Forbidden,
	ReasonDraftUnchanged: Conflict,

	ReasonFormUnknown: NotFound, ReasonFormVersion: Conflict, ReasonAnswerMissing: Invalid,
	ReasonAnswerUnknown: Invalid, ReasonAnswerType: Invalid, ReasonAnswerRange: Invalid,
	ReasonAnswerOption: Invalid, ReasonAnswerConflict: Invalid, ReasonAnswerDate: Invalid,
	ReasonAnswerTooLong: Invalid, ReasonAnswerTooMany: Invalid, ReasonPlaceUnknown: Invalid,

	ReasonPassMalformed: Invalid, ReasonPassForeign: Invalid, ReasonPassAltered: Invalid,
	ReasonPassEarly: Invalid, ReasonPassStale: Gone, ReasonPassExpired: Gone, ReasonPassRevoked: Gone,
	ReasonVenueUnknown: NotFound, ReasonVisitID: Invalid, ReasonVisitConflict: Conflict,
	ReasonVisitOld: Gone, ReasonVisitTooMany: Invalid, ReasonGateVenueNeeded: Forbidden, ReasonGateVenueOther: Conflict,

	ReasonPrintUnknown: NotFound, ReasonPrintEnded: Gone, ReasonPrintExpired: Gone, ReasonPrintUnverified: Forbidden,

	ReasonPlateInvalid: Invalid, ReasonPlateMissing: Invalid, ReasonVenueKind: Invalid, ReasonArrivalTime: Invalid, ReasonArrivalTwice: Invalid,
	ReasonArrivalVisit: NotFound, ReasonArrivalTaken: Conflict,
	ReasonGatewayUnknown: Invalid, ReasonGatewayRequired: Forbidden, ReasonTurnUnknown: NotFound, ReasonTurnCalled: Conflict,
	ReasonTurnClosed: Conflict, ReasonTurnOutcome: Invalid, ReasonTurnUndeclared: Conflict,

	ReasonReviewUnknown: NotFound, ReasonReviewTaken: Conflict, ReasonReviewUnheld: Conflict,
	ReasonReviewClosed: Conflict, ReasonReviewOwn: Forbidden, ReasonVerdict: Invalid,
	ReasonVerdictReason: Invalid, ReasonReviewPassed: Conflict, ReasonReviewDoing: Forbidden,

	ReasonAppealTarget: NotFound, ReasonAppealOpen: Conflict, ReasonAppealNothing: Conflict, ReasonAppealFacts: Invalid,
	ReasonPhotoType: Invalid, ReasonPhotoTooLarge: TooLarge, ReasonPhotoUnreadable: Invalid, ReasonPhotoTooMany: Invalid,
	ReasonPhotoUnknown: NotFound,

	ReasonProposalUnknown: NotFound, ReasonProposalClosed: Conflict, ReasonProposalOwn: Forbidden, ReasonProposalAbove: Forbidden,
	ReasonOrderReason: Invalid, ReasonOrderUntil: Invalid, ReasonListingPeriod: Invalid, ReasonExposurePeriod: Invalid, ReasonExposureNobody: Conflict,
	ReasonMergerCircle: Conflict, ReasonMergerOver: Conflict, ReasonMergerUntried: Conflict, ReasonMergerOvertaken: Conflict,

	ReasonRecordsMissing: Invalid, ReasonRecordLine: Invalid, ReasonRecordDate: Invalid,
	ReasonRecordProduct: Invalid, ReasonRecordDose: Invalid, ReasonRecordResult: Invalid,
	ReasonRecordConflict: Conflict, ReasonCSVHeader: Invalid, ReasonCSVLine: Invalid,

	ReasonFeedOperator: Invalid, ReasonFeedKey: Invalid, ReasonFeedNumbers: Invalid, ReasonFeedHead: Invalid, ReasonFeedSignature: Forbidden,
	ReasonFeedDate: Invalid, ReasonFeedBody: Invalid, ReasonFeedLine: Invalid, ReasonFeedOrder: Invalid, ReasonFeedConflict: Conflict,

	ReasonPeerOff: NotFound, ReasonPeerUnknown: Forbidden, ReasonPeerForged: Forbidden, ReasonPeerMalformed: Invalid, ReasonPeerClock: Conflict,
	ReasonPeerElsewhere: Forbidden, ReasonPeerReplayed: Conflict, ReasonPeerExpired: Gone, ReasonPassElsewhere: Conflict,
}

// Reasons lists every reason there is, sorted.
func Reasons() []Reason { return slices.Sorted(maps.Keys(kinds)) }

// Kind is the kind of problem that r is.
func (r Reason) Kind() Kind { return kinds[r] }
