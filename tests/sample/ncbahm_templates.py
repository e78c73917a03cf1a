"""HTML of the sample's directory pages, as texts with {fields}.

Elements, classes and ids that carry a fact are those of the real pages of 2024 to 2026; the frame around
them is short and our own. Like the real list pages, ours keep an empty Turnstile element although they
hold results.
"""

FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<title>{title}</title>
</head>
<body>
<main>
{body}
</main>
<footer><p>Sample page of invented people.</p></footer>
</body>
</html>
"""

LIST_BODY = """<div id="CaptchaModal">
<div class="cf-turnstile" data-sitekey="" data-callback="onSuccess"></div>
</div>
<section class="section-result-info-bar">
<div class="result-info-bar"><div class="result-info-bar__found">
<p class="title">{total} Practitioners found</p>
</div></div>
</section>
<section class="section-plain-result">
<div class="plain-result"><div class="plain-result__list">
<div class="result-action-bar">
{sort_link}<div class="result-action-bar__prenext">
<input type="hidden" id="hdnCountryCode" value="USA">
<input type="hidden" id="hdnStateCode" value="{state}">
<input type="hidden" id="hdnSearchType" value="2">
<input type="hidden" id="hdncurrpage" value="{page}">
<input type="hidden" id="hdnlastpage" value="{last}">
</div>
</div>
<div class="result-card"><div class="pageListDetail" id="pageListDetail">
{cards}
</div></div>
</div></div>
</section>"""

SORT_LINK = """<div class="result-action-bar__sortby">
<p class="copy">Sort by :</p>
<b class="sort-down"><a href="{url}"> Name</a></b>
</div>
"""

CARD = """<div class="result-card__item">
<div class="img-box"><span><img alt="image" src="/Content/dist/images/doc-{picture}-default.svg"></span></div>
<div class="info-box">
<p class="name"><a href="{url}" title="View the profile of {name}"> {name}</a></p>
<p class="gendar">{status} | {sex}</p>
<div class="iconic-callout">
<div class="iconic-callout__item"><i class="icon-call-end"></i>
<p class="copy">
<em>{phone}</em>
</p></div>
<div class="iconic-callout__item"><i class="icon-globe"></i>
<p class="copy">
{website}
</p></div>
<div class="iconic-callout__item"><i class="icon-location-pin"></i>
<p class="copy">
<em id="addressdata_{position}">{address}</em>
</p></div>
</div>
</div>
<div class="cert-box">
{badges}
</div>
</div>"""

CARD_BADGE = """<div class="cert-box__item"><div class="content">
<p class="copy">{code} Certification</p>
</div></div>"""

PROFILE_BODY = """<section class="section section--detail-info">
<div class="detail-info"><div class="detail-info__content">
<div class="content__text">
<h2>{name}</h2>
<h6>
{printed} | {sex}
</h6>
<div class="addressinfo__item"><div class="item-full">
<p><span><i class="icon-location-pin"></i></span><em>{address}</em></p>
</div></div>
<div class="addressinfo__item"><div class="item-full">
<p><span><i class="icon-call-end"></i></span><em>{phone}</em></p>
</div></div>
<div class="addressinfo__item"><div class="item-full">
<p>{website}</p>
</div></div>
</div>
</div></div>
</section>
<section id="about" class="section section--detail-about">
<div class="detail-about">
<h4>About Me</h4>
<p>{about}</p>
</div>
</section>
<section id="location" class="section section--detail-location">
<div class="detail-location"><div class="detail-location__content">
<h5>Practitioner Locations</h5>
{locations}
</div></div>
</section>
<section id="education" class="section section--detail-education">
<div class="detail-education">
<div class="detail-education__col"><div class="detail-education__badges">
<h5>Digital Badges Information</h5>
<div class="certificate-init">
{badges}
</div>
</div></div>
<div class="detail-education__col"><div class="detail-education__education">
<h5>Education</h5>
<ul>
<li><span><img alt="image" src="/Content/dist/images/graduation-cap.svg"></span> {school}</li>
<li class="course-name">{course}</li>
</ul>
</div></div>
<div class="detail-education__col"><div class="detail-education__tags">
<h5>Languages Spoken</h5>
<ul>
{languages}
</ul>
</div></div>
<div class="detail-education__col"><div class="detail-education__health">
<h5>Health Conditions Treated</h5>
<ul>
{conditions}
</ul>
</div></div>
</div>
</section>"""

LOCATION = """<div class="content-item"><div class="content-item__address">
<h3>Location {number}</h3>
<p><a href="#">{address} </a></p>
</div></div>"""

PROFILE_BADGE = """<div class="certificate-item">
<a href="https://digitalbadge.{host}.org/DiplomateBadgeProfile/{badge_id}" target="_blank">
<div class="certificate-item__text"><p><span style="text-transform: none;">{title}</span></p></div>
</a>
</div>"""
